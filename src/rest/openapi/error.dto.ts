import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** Validation errors: a list of messages per field. */
@ApiSchema({ description: 'Validation errors by field.' })
export class ValidationErrorDto {
  @ApiPropertyOptional({ type: [String] }) non_field_errors?: string[];
  @ApiPropertyOptional() code?: string;
}

/** An error with one sentence. */
@ApiSchema({ description: 'Why the request failed.' })
export class GenericErrorDto {
  @ApiProperty() detail!: string;
  @ApiPropertyOptional() code?: string;
}
