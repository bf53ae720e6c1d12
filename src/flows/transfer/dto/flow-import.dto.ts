import { AnswerOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  DictionaryField,
  ObjectField,
  TextField,
} from '../../../rest/fields/fields.js';

const logLevels = ['critical', 'exception', 'error', 'warn', 'warning', 'info', 'debug', 'notset'] as const;

class LogEventFields {
  @DateTimeField({ required: true })
  timestamp!: Date;

  @ChoiceField('LogLevelEnum', logLevels, { required: true })
  log_level!: (typeof logLevels)[number];

  @TextField({ required: true })
  logger!: string;

  @TextField({ required: true, description: 'What happened, or what is wrong.' })
  event!: string;

  @DictionaryField({ required: true, description: 'Which entry of the file it is about, and in which line.' })
  attributes!: Record<string, unknown>;
}

/** A line of a log. */
export class LogEventDto extends AnswerOf(LogEventFields) {}

class FlowImportResultFields {
  @ObjectField(LogEventDto, { isArray: true })
  logs!: LogEventDto[];

  @BooleanField({ readOnly: true, description: 'Everything in the file has been applied; if not, nothing has been.' })
  success!: boolean;
}

/** What came of an import. */
export class FlowImportResultDto extends AnswerOf(FlowImportResultFields) {}
