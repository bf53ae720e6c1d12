import { ApiProperty } from '@nestjs/swagger';

/** A link. */
export class LinkDto {
  @ApiProperty() link!: string;
}
