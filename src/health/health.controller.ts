import { setTimeout as sleep } from 'node:timers/promises';

import { Controller, Get, Inject, Logger, Req, Res, ServiceUnavailableException } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
  TypeOrmHealthIndicator,
} from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { JobQueue } from '../database/job-queue.js';
import { MailMetrics } from '../mail/delivery/mail-metrics.js';
import { MetricsAccess } from './metrics-access.js';
import { Metrics } from './metrics.js';
import { Shutdown } from './shutdown.service.js';

/** `up` or `down` for each component, without details. */
interface Readiness {
  readonly status: string;
  readonly details: Readonly<Record<string, { readonly status: string }>>;
}

/** Seconds without a sign of work after which a worker is not ready. An idle worker gives one a second. */
const maxSilence = 60;

/** Seconds after which it should be restarted, if the database is up. */
const maxLiveSilence = 300;

/** Milliseconds to wait for the database. */
const answerMs = 2000;

/** Without authentication: a probe with credentials must not depend on the database either. */
const isOpen = RouteConfig({ access: { level: 'visitor' } });

/** `/-/`: health checks and metrics. */
@ApiExcludeController()
@Controller('-')
export class HealthController {
  private readonly log = new Logger('Health');

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly dataSource: DataSource,
    private readonly indicators: HealthIndicatorService,
    private readonly mail: MailMetrics,
    private readonly jobs: JobQueue,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly metrics: Metrics,
    private readonly access: MetricsAccess,
    private readonly shutdown: Shutdown,
  ) {}

  /** 200, or 503 if the process should be restarted: it works no jobs although the database answers. */
  @Get('health/live')
  @isOpen
  async live(): Promise<{ status: string }> {
    if ((this.jobs.secondsSinceWork ?? 0) > maxLiveSilence && (await this.databaseAnswers())) {
      this.log.error(`No jobs for ${maxLiveSilence} seconds`);
      throw new ServiceUnavailableException({ status: 'error' });
    }
    return { status: 'ok' };
  }

  /** Readiness: 503 with the components that are down. The route is public, so the reason goes to the log only. */
  @Get('health/ready')
  @isOpen
  async ready(): Promise<Readiness> {
    if (this.shutdown.isUnderWay) throw new ServiceUnavailableException({ status: 'shutting_down', details: {} });
    try {
      return readiness(await this.check());
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const result = error.getResponse() as HealthCheckResult;
      this.log.warn(`Not ready: ${JSON.stringify(result.error)}`);
      throw new ServiceUnavailableException(readiness(result));
    }
  }

  /** Metrics in Prometheus text format; 401 without METRICS_TOKEN and outside METRICS_NETWORKS. */
  @Get('metrics')
  @RouteConfig({ access: { level: 'visitor' } })
  async text(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.access.admits(request)) {
      void reply.status(401).header('www-authenticate', 'Bearer realm="metrics"').type('text/plain; charset=utf-8');
      return 'Send METRICS_TOKEN as a Bearer token.\n';
    }
    void reply.type('text/plain; version=0.0.4; charset=utf-8');
    return this.metrics.registry.metrics();
  }

  private check(): Promise<HealthCheckResult> {
    const connection = this.dataSource;
    const database = (): ReturnType<TypeOrmHealthIndicator['pingCheck']> =>
      this.database.pingCheck('database', { connection, timeout: answerMs });
    return this.health.check(
      this.settings.role === 'api' ? [database] : [database, () => this.checkJobs(), () => this.checkMailQueue()],
    );
  }

  private checkJobs(): HealthIndicatorResult {
    const silence = Math.round(this.jobs.secondsSinceWork ?? 0);
    const indicator = this.indicators.check('jobs');
    return silence <= maxSilence ? indicator.up({ silence }) : indicator.down({ silence });
  }

  private databaseAnswers(): Promise<boolean> {
    const answers = this.dataSource.query('select 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answers, sleep(answerMs, false, { ref: false })]);
  }

  /** A worker is healthy while no queued mail is overdue by more than MAIL_MAX_AGE. */
  private checkMailQueue(): ReturnType<TypeOrmHealthIndicator['pingCheck']> {
    const check = async (): Promise<{ overdue: number }> => {
      const overdue = Math.round(await this.mail.oldestWaiting());
      if (overdue > this.settings.mailMaxAge) throw new Error(`A mail is overdue by ${overdue} s`);
      return { overdue };
    };
    return this.indicators.check('mail').attempt(check).withTimeout(answerMs);
  }
}

function readiness({ status, details }: HealthCheckResult): Readiness {
  const parts = Object.entries(details).map(([name, part]) => [name, { status: part.status }]);
  return { status, details: Object.fromEntries(parts) as Readiness['details'] };
}
