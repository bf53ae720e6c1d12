import { ApiPropertyOptional } from '@nestjs/swagger';

import { RequestOf } from '../../rest/fields/derived.js';
import { TextField } from '../../rest/fields/fields.js';

/** Multipart form with a file. */
export class FileUploadRequestDto {
  @ApiPropertyOptional({ type: 'string', format: 'binary' }) file?: unknown;
  @ApiPropertyOptional({ default: false, description: 'Remove the current file.' }) clear?: boolean;
}

class FilePathFields {
  @TextField({ required: true })
  url!: string;
}

/** URL of a file. */
export class FilePathRequestDto extends RequestOf(FilePathFields) {}
