import { ApiProperty } from '@nestjs/swagger';

/** A link. */
export class LinkDto {
  @ApiProperty({
    description: 'URL to pass on; it is returned only once.',
    example: 'https://id.example.org/if/flow/default-recovery-flow/?flow_token=…',
  })
  link!: string;
}
