import { Controller } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';

import { Action } from '../../rest/resource.js';

const capabilities = ['can_save_media', 'can_geo_ip', 'can_asn', 'can_impersonate', 'can_debug', 'is_enterprise'];

/** Error reporting; always disabled. */
export class ErrorReportingConfigDto {
  @ApiProperty({ readOnly: true, description: 'Whether errors are reported; always false.' }) enabled!: boolean;
  @ApiProperty({ readOnly: true, description: 'Always empty: errors are reported to nobody.', example: '' })
  sentry_dsn!: string;
  @ApiProperty({ readOnly: true, description: 'Always empty.', example: '' }) environment!: string;
  @ApiProperty({ readOnly: true, description: 'Whether reports contain personal data; always false.' })
  send_pii!: boolean;
  @ApiProperty({
    readOnly: true,
    type: 'number',
    format: 'double',
    description: 'Share of requests that are traced; always 0.',
    example: 0,
  })
  traces_sample_rate!: number;
}

/** Public configuration of the installation. */
export class ConfigDto {
  @ApiProperty({ description: 'Error reporting of the installation.' }) error_reporting!: ErrorReportingConfigDto;
  @ApiProperty({
    enum: capabilities,
    enumName: 'CapabilitiesEnum',
    isArray: true,
    description: 'Optional features that are available.',
  })
  capabilities!: string[];
  @ApiProperty({ type: 'integer', description: 'Seconds that responses are cached; always 0.', example: 0 })
  cache_timeout!: number;
  @ApiProperty({ type: 'integer', description: 'Seconds that flow plans are cached; always 0.', example: 0 })
  cache_timeout_flows!: number;
  @ApiProperty({ type: 'integer', description: 'Seconds that policy results are cached; always 0.', example: 0 })
  cache_timeout_policies!: number;
  @ApiProperty({ type: 'integer', description: 'Seconds that reputation scores are cached; always 0.', example: 0 })
  cache_timeout_reputation!: number;
}

/** `/root/config/` */
@ApiTags('root')
@Controller('root')
export class RootController {
  @Action({
    method: 'GET',
    path: 'config',
    operation: 'root_config_retrieve',
    description: 'Get the public configuration.',
    access: { level: 'public' },
    responses: [{ status: 200, type: ConfigDto }],
  })
  config(): ConfigDto {
    return {
      error_reporting: { enabled: false, sentry_dsn: '', environment: '', send_pii: false, traces_sample_rate: 0 },
      capabilities: [],
      cache_timeout: 0,
      cache_timeout_flows: 0,
      cache_timeout_policies: 0,
      cache_timeout_reputation: 0,
    };
  }
}
