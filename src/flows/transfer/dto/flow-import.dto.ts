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

  @TextField({ required: true, description: 'Event or error message.' })
  event!: string;

  @DictionaryField({ required: true, description: 'Entry of the file and its line.' })
  attributes!: Record<string, unknown>;
}

/** A log entry. */
export class LogEventDto extends AnswerOf(LogEventFields) {}

class FlowImportResultFields {
  @ObjectField(LogEventDto, { isArray: true })
  logs!: LogEventDto[];

  @BooleanField({ readOnly: true, description: 'Whether the whole file was applied; if false, nothing was.' })
  success!: boolean;
}

/** Result of an import. */
export class FlowImportResultDto extends AnswerOf(FlowImportResultFields) {}
