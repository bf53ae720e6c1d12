import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** Validation errors: a list of messages per field. */
@ApiSchema({ description: 'Validation errors by field.' })
export class ValidationErrorDto {
  @ApiPropertyOptional({ type: [String], description: 'Errors that concern no single field.' })
  non_field_errors?: string[];
  @ApiPropertyOptional({ description: 'Machine-readable kind of the error.', example: 'invalid' }) code?: string;
}

/** An error with one sentence. */
@ApiSchema({ description: 'Why the request failed.' })
export class GenericErrorDto {
  @ApiProperty({ description: 'Reason of the refusal.', example: 'Not found.' }) detail!: string;
  @ApiPropertyOptional({ description: 'Machine-readable kind of the error.', example: 'not_found' }) code?: string;
}
