import { User } from '../../core/users/user.entity.js';
import { LogEventDto } from '../../flows/transfer/dto/flow-import.dto.js';
import { AnswerOf, RequestOf } from '../../rest/fields/derived.js';
import {
  BooleanField,
  DictionaryField,
  IntegerKeyField,
  ObjectField,
  TextListField,
} from '../../rest/fields/fields.js';
import { exists } from '../../rest/fields/rules.js';

class PolicyTestFields {
  @IntegerKeyField({ required: true, description: 'Who it is about.', rules: [exists(() => User)] })
  user!: number;

  @DictionaryField({ description: 'What is known: the answers themselves, or below `prompt_data`.' })
  context?: Record<string, unknown>;
}

/** What to ask a policy. */
export class PolicyTestRequestDto extends RequestOf(PolicyTestFields) {}

class PolicyTestResultFields {
  @BooleanField({ required: true })
  passing!: boolean;

  @TextListField({ readOnly: true, description: 'What a visitor would be told.' })
  messages!: string[];

  @ObjectField(LogEventDto, { isArray: true, description: 'Always empty: policies here log nothing.' })
  log_messages!: LogEventDto[];
}

/** What a policy says. */
export class PolicyTestResultDto extends AnswerOf(PolicyTestResultFields) {}
