import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { traced } from '../../config/tracing.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { linkUrl, oneTimeCode } from '../../database/link-secret.js';
import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { MissingTemplateError, TemplateError } from '../../templating/template-error.js';
import { MailSigner } from '../domains/mail-signer.js';
import { type DueMessage, MessageStore } from '../outbox/message-store.js';
import { MailRenderer } from '../rendering/mail-renderer.js';
import type { TransportSettings } from '../transport/mail-transport.js';
import { MailTransports, type Outcome } from '../transport/mail-transports.js';
import { testTimeoutSeconds } from '../transport/report.js';
import { sanitize } from '../transport/sanitize.js';
import { consequenceOf, eventOf } from './consequence.js';
import { DeliveryBatches, type DueMail } from './delivery-batches.js';
import { mailDataOf } from './mail-data-of.js';
import { MailFailures } from './mail-failures.js';
import { MailMetrics } from './mail-metrics.js';
import { type Closed, type MailRoute, MailRoutes } from './mail-routes.js';
import type { MailSender } from './mail-senders.js';
import { outgoingMailOf } from './outgoing-mail-of.js';
import { ServerCircuits } from './server-circuits.js';
import { TransportRates } from './transport-rates.js';
import { TransportSlots } from './transport-slots.js';

/** Reason of a mail whose links and code can no longer be derived. */
const keyIsGone = 'The links in this mail need the SECRET_KEY from before the last rotation. Request the mail again.';

/** Sends messages: claims, renders and sends each one, and records the outcome. */
@Injectable()
export class MailDelivery {
  /** Keys of the messages that this process is sending. */
  readonly inFlight = new Set<string>();
  readonly circuits: ServerCircuits;
  private readonly routes: MailRoutes;
  private readonly logger = new Logger('Mail');

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly store: MessageStore,
    private readonly batches: DeliveryBatches,
    private readonly renderer: MailRenderer,
    private readonly signer: MailSigner,
    private readonly transports: MailTransports,
    private readonly events: EventLog,
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
    private readonly metrics: MailMetrics,
    private readonly failures: MailFailures,
    slots: TransportSlots,
    rates: TransportRates,
  ) {
    this.circuits = new ServerCircuits(settings.mailConcurrency);
    this.routes = new MailRoutes(transports, this.circuits, slots, rates);
  }

  /** Sends, postpones or ends a message, whichever is due. Idempotent. */
  async deliver(pk: string): Promise<void> {
    const due = await this.batches.find(pk);
    if (due === undefined) return;
    await traced(
      'deliver mail',
      { kind: 'CONSUMER', parent: due.message.data.traceparent, attributes: { 'messaging.message.id': pk } },
      () => this.deliverDue(due),
    );
  }

  private async deliverDue({ message, sender, suppression }: DueMail): Promise<void> {
    if (sender === undefined) return this.discard(message);
    if (message.deadline !== null && message.deadline <= this.clock.date()) return this.expire(message, sender);
    if (suppression !== undefined) return this.attempt(message, sender, routeThatRefuses(suppression));
    if (sender.problem !== undefined) {
      return this.attempt(message, sender, this.routeThatFails(sender, sender.problem));
    }
    const closed = await this.routes.use(transportsFor(message, sender), (route) =>
      this.attempt(message, sender, route),
    );
    if (closed !== undefined) await this.postpone(message, closed);
  }

  /** Makes one attempt. If the process dies, the message stays claimed until its lease expires. */
  private async attempt(message: DueMessage, sender: MailSender, route: MailRoute): Promise<void> {
    const { pk } = message;
    const number = await this.batches.claim(pk);
    if (number === undefined) return;
    this.inFlight.add(pk);
    try {
      const outcome = await this.renderAndSend(message, sender, route);
      await this.record({ ...message, attempts: number }, sender, outcome, route.provider);
    } finally {
      this.inFlight.delete(pk);
    }
  }

  private async renderAndSend(message: DueMessage, sender: MailSender, route: MailRoute): Promise<Outcome> {
    const secrets = this.secrets.withKey(message.data.secretKeyId);
    if (secrets === undefined) return { kind: 'refused', reason: keyIsGone };
    try {
      const data = mailDataOf(
        message.data,
        {
          url: (link) => linkUrl(link, publicUrl(this.settings), secrets),
          code: (key) => oneTimeCode(key, secrets),
        },
        this.clock.date(),
      );
      const rendered = await this.renderer.render({
        template: message.template,
        subject: message.data.hasDefaultSubject === true ? '' : message.subject,
        locale: message.locale,
        data,
        now: this.clock.date(),
        ...(message.data.draft !== undefined && { draft: message.data.draft }),
      });
      const signingKeys = await this.signer.keysOf(sender.from.address);
      const mail = outgoingMailOf(message, sender, rendered, data.code, this.settings);
      return await route.send({ ...mail, signingKeys });
    } catch (error) {
      if (error instanceof TemplateError) {
        const reason = `The template ${message.template} cannot be used: ${error.message}`;
        // A template that is missing may appear: a newer release has it, or the folder is not mounted yet.
        if (error instanceof MissingTemplateError) return { kind: 'deferred', reason, unreachable: false };
        return { kind: 'refused', reason };
      }
      // An internal error must neither lose the mail nor retry forever.
      this.logger.error({ message: 'cannot send', id: message.pk, error: String(error) });
      return { kind: 'deferred', reason: sanitize(`Internal error: ${String(error)}`), unreachable: false };
    }
  }

  private async record(message: DueMessage, sender: MailSender, outcome: Outcome, provider: string): Promise<void> {
    const consequence = consequenceOf(outcome, provider, message, sender, this.clock.date(), Math.random());
    const { result, next } = consequence;
    const { pk, attempts: number } = message;
    const isRecorded = await this.batches.finish({ pk, number, ...consequence });
    this.metrics.countAttempt(result.outcome);
    if (isRecorded && next.state === 'sent') {
      this.metrics.observeAcceptance((this.clock.now() - message.queued.getTime()) / 1000);
    }
    if (isRecorded && next.state === 'failed') await this.failures.notify(pk);
    this.logger.log({
      message: 'mail',
      id: pk,
      attempt: number,
      outcome: result.outcome,
      state: next.state,
      provider,
      server: result.server,
      reason: result.reason,
    });
  }

  private async discard({ pk, transportId }: DueMessage): Promise<void> {
    const reason = `The ${transportId === null ? 'sending stage' : 'transport of the mail'} was deleted.`;
    const ended = await this.store.end(this.dataSource.manager, pk, 'discarded', reason);
    if (ended) await this.failures.notify(pk);
  }

  private async expire(message: DueMessage, sender: MailSender): Promise<void> {
    const reason = 'The link expired before the mail could be sent.';
    const isEnded = await this.dataSource.transaction(async (manager) => {
      const ended = await this.store.end(manager, message.pk, 'failed', reason);
      if (ended) await this.events.write(manager, eventOf(message, sender, reason));
      return ended;
    });
    if (isEnded) await this.failures.notify(message.pk);
  }

  private async postpone({ pk }: DueMessage, { retryAfterMs, reason }: Closed): Promise<void> {
    // Jitter, so that waiting messages do not all retry at once.
    const jitter = Math.min(2000, retryAfterMs) * Math.random();
    const until = new Date(this.clock.now() + retryAfterMs + jitter);
    await this.batches.postpone({ pk, until, reason });
  }

  /** Returns the route of a sender that cannot send at present. */
  private routeThatFails({ transports: [first] }: MailSender, reason: string): MailRoute {
    const provider = first === undefined ? '' : this.transports.describe(first).provider;
    return { provider, send: () => Promise.resolve({ kind: 'deferred', reason, unreachable: false }) };
  }
}

/** Returns the route of a mail that no transport gets. */
function routeThatRefuses(reason: string): MailRoute {
  return { provider: '', send: () => Promise.resolve({ kind: 'refused', reason }) };
}

/** Returns the transports of a message; a test mail takes no longer with several than with one. */
function transportsFor({ data }: DueMessage, { transports }: MailSender): readonly TransportSettings[] {
  if (data.isTrial !== true) return transports;
  const totalTimeout = testTimeoutSeconds / transports.length;
  return transports.map((transport) => ({ ...transport, totalTimeout }));
}
