import { ApiPropertyOptional } from '@nestjs/swagger';

import { ResponseOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  DictionaryField,
  ObjectField,
  TextField,
} from '../../../rest/fields/fields.js';
import { unknownKindActions } from '../missing-kinds.js';

/** Multipart form with a file to import. */
export class FlowImportRequestDto {
  @ApiPropertyOptional({ type: 'string', format: 'binary', description: 'YAML or JSON, at most 1 MB.' })
  file?: unknown;

  @ApiPropertyOptional({ default: false, description: 'Without effect.' }) clear?: boolean;

  @ApiPropertyOptional({
    enum: unknownKindActions,
    enumName: 'UnknownKindActionEnum',
    default: 'refuse',
    description: 'What to do with kinds of objects that are not here: refuse the file, or leave them out.',
  })
  on_unknown?: string;

  @ApiPropertyOptional({
    default: false,
    description:
      'Write nothing: the log says what an import of the file would do, and `changes` of each updated object has its ' +
      'fields with the stored and the new value.',
  })
  dry_run?: boolean;
}

const logLevels = ['critical', 'exception', 'error', 'warn', 'warning', 'info', 'debug', 'notset'] as const;

class LogEventFields {
  @DateTimeField({ required: true, description: 'When the line was logged.' })
  timestamp!: Date;

  @ChoiceField('LogLevelEnum', logLevels, { required: true, description: 'Severity of the line.' })
  log_level!: (typeof logLevels)[number];

  @TextField({
    required: true,
    description: 'Part of the service that logged the line.',
    example: 'authentik.blueprints.v1.importer',
  })
  logger!: string;

  @TextField({ required: true, description: 'Event or error message.', example: 'entry applied' })
  event!: string;

  @DictionaryField({ required: true, description: 'Entry of the file and its line.' })
  attributes!: Record<string, unknown>;
}

/** A log entry. */
export class LogEventDto extends ResponseOf(LogEventFields) {}

class FlowImportResultFields {
  @ObjectField(LogEventDto, { isArray: true, description: 'What was done with each entry, and what is wrong.' })
  logs!: LogEventDto[];

  @BooleanField({ readOnly: true, description: 'Whether the whole file was applied; if false, nothing was.' })
  success!: boolean;
}

/** Result of an import. */
export class FlowImportResultDto extends ResponseOf(FlowImportResultFields) {}
