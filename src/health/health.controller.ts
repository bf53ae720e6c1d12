import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { DataSource } from 'typeorm';

import { Metrics } from './metrics.js';

const open = RouteConfig({ access: { level: 'public' } });

/** `/-/`: for those who run the service. */
@ApiExcludeController()
@Controller('-')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly dataSource: DataSource,
    private readonly metrics: Metrics,
  ) {}

  /** The process runs. */
  @Get('health/live')
  @open
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** The process can serve; if not, 503 and why. */
  @Get('health/ready')
  @open
  ready(): Promise<HealthCheckResult> {
    const connection = this.dataSource;
    return this.health.check([() => this.database.pingCheck('database', { connection, timeout: 2000 })]);
  }

  /** Prometheus text. */
  @Get('metrics')
  @open
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
