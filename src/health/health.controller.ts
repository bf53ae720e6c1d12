import { Controller, Get, Header, Inject } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
  TypeOrmHealthIndicator,
} from '@nestjs/terminus';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { MailMetrics } from '../mail/delivery/mail-metrics.js';
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
    private readonly indicators: HealthIndicatorService,
    private readonly mail: MailMetrics,
    @Inject(SETTINGS) private readonly settings: Settings,
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
    const database = (): ReturnType<TypeOrmHealthIndicator['pingCheck']> =>
      this.database.pingCheck('database', { connection, timeout: 2000 });
    return this.health.check(this.settings.role === 'api' ? [database] : [database, () => this.mailIsSent()]);
  }

  /** Prometheus text. */
  @Get('metrics')
  @open
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  /** A worker is well as long as the mails that wait are not overdue by more than MAIL_MAX_AGE. */
  private async mailIsSent(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('mail');
    try {
      const overdue = Math.round(await this.mail.oldestWaiting());
      return overdue <= this.settings.mailMaxAge ? indicator.up({ overdue }) : indicator.down({ overdue });
    } catch (error) {
      return indicator.down({ message: (error as Error).message });
    }
  }
}
