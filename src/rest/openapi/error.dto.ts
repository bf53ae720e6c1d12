import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** Input that breaks rules: a list of messages for each field that has any. */
@ApiSchema({ description: 'What is wrong with the input, by field.' })
export class ValidationErrorDto {
  @ApiPropertyOptional({ type: [String] }) non_field_errors?: string[];
  @ApiPropertyOptional() code?: string;
}

/** A failure told in one sentence. */
@ApiSchema({ description: 'Why the request was not served.' })
export class GenericErrorDto {
  @ApiProperty() detail!: string;
  @ApiPropertyOptional() code?: string;
}
