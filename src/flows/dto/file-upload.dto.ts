import { ApiPropertyOptional } from '@nestjs/swagger';

import { RequestOf } from '../../rest/fields/derived.js';
import { TextField } from '../../rest/fields/fields.js';

/** Multipart form with a file. */
export class FileUploadRequestDto {
  @ApiPropertyOptional({
    type: 'string',
    format: 'binary',
    description: 'Image file: PNG, JPEG, GIF, WebP or SVG, at most 5 MB.',
  })
  file?: unknown;
  @ApiPropertyOptional({ default: false, description: 'Remove the current file.' }) clear?: boolean;
}

class FilePathFields {
  @TextField({
    required: true,
    description: 'URL or path of the image.',
    example: '/static/dist/assets/images/flow_background.jpg',
  })
  url!: string;
}

/** URL of a file. */
export class FilePathRequestDto extends RequestOf(FilePathFields) {}
