import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { traced } from '../../config/tracing.js';
import { addressProblem } from '../../syntax/email-address.js';
import type { MailTransport, TransportDescription, TransportSettings } from './mail-transport.js';
import type { Outcome } from './outcome.js';
import type { OutgoingMail } from './outgoing-mail.js';
import { PoolCache } from './pool-cache.js';
import type { Report, StepListener } from './report.js';
import { kindOf } from './transport-kinds.js';
import { mailProblem } from './validation.js';

export type { OutgoingMail } from './outgoing-mail.js';
export type { Outcome } from './outcome.js';

/** Limits of the cache: one transport per set of settings. */
const cacheLimits = { maxPools: 50, idleMs: 5 * 60_000 };

/** Sends mails with the transports of all kinds, which stay open while they are used. */
@Injectable()
export class MailTransports implements OnModuleDestroy {
  private readonly transports = new PoolCache<MailTransport>(cacheLimits);
  private readonly inFlight = new Set<Promise<Outcome>>();
  private readonly stopping = new AbortController();
  private isStopping = false;
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly modules: ModuleRef,
  ) {
    // One for each transport.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Sends one mail. Errors of the server, the settings or the mail are returned as an outcome and never thrown. */
  async send(settings: TransportSettings, mail: OutgoingMail): Promise<Outcome> {
    const reason = kindOf(settings).problem(settings) ?? mailProblem(mail);
    if (reason !== undefined) return { kind: 'refused', reason };
    if (this.isStopping) return { kind: 'deferred', reason: shuttingDown.message, unreachable: false };
    const outcome = this.sendTraced(settings, mail);
    this.inFlight.add(outcome);
    return outcome.finally(() => this.inFlight.delete(outcome));
  }

  private sendTraced(settings: TransportSettings, mail: OutgoingMail): Promise<Outcome> {
    const transport = this.open(settings);
    const { provider, server } = this.describe(settings);
    const attributes = { 'server.address': server };
    return traced(`${provider} send`, { kind: 'CLIENT', attributes }, async (span) => {
      const outcome = await transport.send(mail);
      const code = 'code' in outcome ? outcome.code : undefined;
      span?.set({ 'email_stage.outcome': outcome.kind, ...(code !== undefined && { 'smtp.reply.code': code }) });
      return outcome;
    });
  }

  /**
   * Checks without sending a mail whether one would be accepted. Takes at most 60 s.
   *
   * @param sender address of the sender
   */
  async check(settings: TransportSettings, sender: string, onStep?: StepListener): Promise<Report> {
    const problem = kindOf(settings).problem(settings) ?? addressProblem('sender', sender);
    if (problem !== undefined) return { ok: false, verdict: problem, steps: [], transcript: [] };
    return this.open(settings).check(sender, onStep);
  }

  /**
   * Checks transports that stand in for each other. A mail would be accepted if one of them accepts it.
   *
   * @param sender address of the sender
   */
  async checkAll(all: readonly TransportSettings[], sender: string, onStep?: StepListener): Promise<Report> {
    const reports = await Promise.all(all.map((settings) => this.check(settings, sender, onStep)));
    const [only] = reports;
    if (only !== undefined && reports.length === 1) return only;
    return {
      ok: reports.some(({ ok }) => ok),
      verdict: reports.map(({ verdict }, index) => `${index + 1}. ${verdict}`).join(' '),
      steps: reports.flatMap(({ steps }) => steps),
      transcript: reports.flatMap(({ transcript }, index) => [`* transport ${index + 1}`, ...transcript]),
    };
  }

  describe(settings: TransportSettings): TransportDescription {
    const kind = kindOf(settings);
    if (kind.problem(settings) !== undefined) return { provider: kind.name, server: '' };
    return kind.describe(settings);
  }

  /** Returns the key of the account of a transport: SHA-256 of its settings without secrets. */
  accountKey({ totalTimeout: _, rate: __, concurrency: ___, ...account }: TransportSettings): string {
    return createHash('sha256').update(secretless(account)).digest('hex');
  }

  /** Lets mails be sent for SHUTDOWN_TIMEOUT, and aborts them then. */
  stopInTime(): void {
    this.deadline ??= setTimeout(() => this.abort(), this.settings.shutdownTimeout * 1000);
  }

  /** Aborts the mails in flight. Later ones are deferred. */
  abort(): void {
    this.isStopping = true;
    this.stopping.abort(shuttingDown);
  }

  /** Waits for the mails in flight, and closes every transport. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    this.stopInTime();
    await Promise.all(this.inFlight);
    clearTimeout(this.deadline);
    this.transports.clear();
  }

  /** Returns the transport of these settings; one with an outdated secret of the same account is closed. */
  private open(settings: TransportSettings): MailTransport {
    const kind = kindOf(settings);
    return this.transports.get(JSON.stringify(settings), secretless(settings), () =>
      this.modules.get(kind.factory, { strict: false }).open(settings, this.stopping.signal),
    );
  }
}

function secretless(settings: TransportSettings): string {
  const { secrets } = kindOf(settings);
  return JSON.stringify(settings, (name, value: unknown) => (secrets.includes(name) ? null : value));
}

const shuttingDown = new Error('The service is shutting down.');
