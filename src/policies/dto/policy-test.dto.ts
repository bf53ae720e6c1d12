import { User } from '../../core/users/user.entity.js';
import { LogEventDto } from '../../flows/transfer/dto/flow-import.dto.js';
import { ResponseOf, RequestOf } from '../../rest/fields/derived.js';
import {
  BooleanField,
  DictionaryField,
  IntegerKeyField,
  ObjectField,
  TextListField,
} from '../../rest/fields/fields.js';
import { exists } from '../../rest/fields/rules.js';

class PolicyTestFields {
  @IntegerKeyField({ required: true, description: 'User to evaluate the policy for.', rules: [exists(() => User)] })
  user!: number;

  @DictionaryField({ description: 'Context of the evaluation: the prompt responses, directly or in `prompt_data`.' })
  context?: Record<string, unknown>;
}

/** Body of a request that tests a policy. */
export class PolicyTestRequestDto extends RequestOf(PolicyTestFields) {}

class PolicyTestResultFields {
  @BooleanField({ required: true, description: 'Whether the policy passes for the user.', example: true })
  passing!: boolean;

  @TextListField({ readOnly: true, description: 'Messages for the visitor.' })
  messages!: string[];

  @ObjectField(LogEventDto, { isArray: true, description: 'Each rule of a password policy that is not met.' })
  log_messages!: LogEventDto[];
}

/** Result of a policy. */
export class PolicyTestResultDto extends ResponseOf(PolicyTestResultFields) {}
