import { Controller } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';

import { Action } from '../../rest/resource.js';

const capabilities = ['can_save_media', 'can_geo_ip', 'can_asn', 'can_impersonate', 'can_debug', 'is_enterprise'];

/** Error reporting; always disabled. */
export class ErrorReportingConfigDto {
  @ApiProperty({ readOnly: true }) enabled!: boolean;
  @ApiProperty({ readOnly: true }) sentry_dsn!: string;
  @ApiProperty({ readOnly: true }) environment!: string;
  @ApiProperty({ readOnly: true }) send_pii!: boolean;
  @ApiProperty({ readOnly: true, type: 'number', format: 'double' }) traces_sample_rate!: number;
}

/** Public configuration of the installation. */
export class ConfigDto {
  @ApiProperty() error_reporting!: ErrorReportingConfigDto;
  @ApiProperty({ enum: capabilities, enumName: 'CapabilitiesEnum', isArray: true }) capabilities!: string[];
  @ApiProperty({ type: 'integer' }) cache_timeout!: number;
  @ApiProperty({ type: 'integer' }) cache_timeout_flows!: number;
  @ApiProperty({ type: 'integer' }) cache_timeout_policies!: number;
  @ApiProperty({ type: 'integer' }) cache_timeout_reputation!: number;
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
