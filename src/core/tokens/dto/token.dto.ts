import { ApiProperty } from '@nestjs/swagger';

import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { StatusError } from '../../../rest/errors/status-error.js';
import { ValidationError } from '../../../rest/errors/validation-error.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  IntegerKeyField,
  ObjectField,
  SlugField,
  TextField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { exists, unique } from '../../../rest/fields/rules.js';
import { minTokenKeyLength } from '../../access/token-key.js';
import { UserDto } from '../../users/dto/user.dto.js';
import { User } from '../../users/user.entity.js';
import { bootstrapToken } from '../bootstrap-token.js';
import { Token, type TokenIntent, tokenIntents } from '../token.entity.js';

const identifierTaken = 'Token with this identifier already exists.';
describeConstraint('uq_token_identifier', 'identifier', identifierTaken);
describeConstraint('fk_token_user', 'user', 'The user has just been deleted.');

/** Fields of a token (management API, section 9.1). Never the key. */
class TokenFields {
  @UuidField({ readOnly: true, description: 'UUID of the token.' })
  pk!: string;

  @TextField({ nullable: true, description: 'Set if the service manages the token.' })
  managed!: string | null;

  @SlugField({
    required: true,
    maxLength: 255,
    rules: [unique(() => Token, 'identifier', identifierTaken), isNotReserved],
    description: 'Unique name, part of the URL.',
    example: 'ci-deployment',
  })
  identifier!: string;

  @ChoiceField('IntentEnum', tokenIntents, { rules: [isSettableIntent], description: 'Purpose of the token.' })
  intent!: TokenIntent;

  @IntegerKeyField({
    description: 'Owner of the token; by default the caller.',
    rules: [exists(() => User), isTheSameUser],
  })
  user!: number;

  @ObjectField(UserDto, { description: 'Owner of the token.' })
  user_obj!: UserDto;

  @TextField({ allowBlank: true, description: 'Note for administrators.', example: 'Used by the deployment pipeline.' })
  description!: string;

  @DateTimeField({
    nullable: true,
    description:
      'When the key stops to work. Can be chosen for an app password; a token for the API is valid for a day.',
  })
  expires!: Date | null;

  @BooleanField({ description: 'Whether the token expires.' })
  expiring!: boolean;
}

/** A token. */
export class TokenDto extends ResponseOf(TokenFields) {}

/** Body of a request that creates or replaces a token. */
export class TokenRequestDto extends RequestOf(TokenFields) {}

/** Body of a request that changes a token. */
export class PatchedTokenRequestDto extends PatchOf(TokenRequestDto) {}

/** The key of a token. */
export class TokenViewDto {
  @ApiProperty({
    readOnly: true,
    description: 'Key of the token.',
    example: '3vYk0tJ6q1ZxUo8Rb5nTfA2cL7dWmE9hGpQsXyNi4KjVzBuCaHrDeFlMgOwP',
  })
  key!: string;
}

class TokenSetKeyFields {
  @TextField({
    required: true,
    verbatim: true,
    description: 'New key, at least 32 characters.',
    example: '3vYk0tJ6q1ZxUo8Rb5nTfA2cL7dWmE9hGpQsXyNi4KjVzBuCaHrDeFlMgOwP',
  })
  key!: string;
}

/** A new key for a token. */
export class TokenSetKeyRequestDto extends RequestOf(TokenSetKeyFields) {}

/**
 * Returns the key in a request, unchanged.
 *
 * @throws StatusError 400 without a body, as the reference, if there is none
 * @throws ValidationError if it is shorter than 32 characters
 */
export function tokenKeyIn(request: unknown): string {
  const { key } = (request ?? {}) as { key?: unknown };
  if (typeof key !== 'string' || key.trim() === '') throw new StatusError(400);
  if ([...key].length < minTokenKeyLength) {
    throw new ValidationError({ key: [`Ensure this field has at least ${minTokenKeyLength} characters.`] });
  }
  return key;
}

/** The token of `BOOTSTRAP_TOKEN` is updated by its identifier at each start, so no other token may have it. */
function isNotReserved(identifier: string, { current }: RuleContext): Promise<string[] | undefined> {
  const isReserved = identifier === bootstrapToken && (current as Token | undefined)?.identifier !== identifier;
  return Promise.resolve(isReserved ? ['This identifier is reserved for the token of BOOTSTRAP_TOKEN.'] : undefined);
}

function isSettableIntent(intent: TokenIntent): Promise<string[] | undefined> {
  const isSettable = intent === 'api' || intent === 'app_password';
  return Promise.resolve(isSettable ? undefined : [`Invalid intent ${intent}`]);
}

function isTheSameUser(user: number, { current }: RuleContext): Promise<string[] | undefined> {
  const isOther = current !== undefined && (current as Token).userId !== user;
  return Promise.resolve(isOther ? ['User cannot be changed'] : undefined);
}
