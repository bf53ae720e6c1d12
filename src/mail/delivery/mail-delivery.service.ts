import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { traced } from '../../config/tracing.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { linkUrl, oneTimeCode, type StoredLink } from '../../database/link-secret.js';
import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { TemplateError } from '../../templating/template-error.js';
import { MailSigner } from '../domains/mail-signer.js';
import { type DueMessage, MessageStore } from '../outbox/message-store.js';
import type { StoredMailData } from '../outbox/stored-mail-data.js';
import { type MailData, statedExpiry } from '../rendering/mail-data.js';
import { MailRenderer, type RenderedMail } from '../rendering/mail-renderer.js';
import { MailTransports, type OutgoingMail, type Outcome } from '../transport/mail-transports.js';
import { testTimeoutSeconds } from '../transport/report.js';
import { sanitize } from '../transport/sanitize.js';
import { consequenceOf, eventOf } from './consequence.js';
import { DeliveryBatches, type DueMail } from './delivery-batches.js';
import { MailMetrics } from './mail-metrics.js';
import type { MailSender } from './mail-senders.js';
import { ServerCircuits } from './server-circuits.js';

/** Reason of a mail whose links and code can no longer be derived. */
const keyIsGone = 'The links in this mail need the SECRET_KEY from before the last rotation. Request the mail again.';

type Send = (mail: OutgoingMail) => Promise<Outcome>;

/** Sends messages: claims, renders and sends each one, and records the outcome. */
@Injectable()
export class MailDelivery {
  /** Keys of the messages that this process is sending. */
  readonly inFlight = new Set<string>();
  readonly circuits: ServerCircuits;
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
  ) {
    this.circuits = new ServerCircuits(settings.mailConcurrency);
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

  private async deliverDue({ message, sender }: DueMail): Promise<void> {
    if (sender === undefined) return this.discard(message);
    if (message.deadline !== null && message.deadline <= this.clock.date()) return this.expire(message, sender);
    if (sender.problem !== undefined) {
      const { problem: reason } = sender;
      return this.attempt(message, sender, () => Promise.resolve({ kind: 'deferred', reason, unreachable: false }));
    }
    const transport =
      message.data.isTrial === true ? { ...sender.transport, totalTimeout: testTimeoutSeconds } : sender.transport;
    const { server } = this.transports.describe(transport);
    if (server === '') return this.attempt(message, sender, (mail) => this.transports.send(transport, mail));
    const admission = await this.circuits.enter(server);
    if (!admission.admitted) return this.postpone(message, admission.retryAfterMs, server, admission.reason);
    let reachable = true;
    try {
      await this.attempt(message, sender, async (mail) => {
        const outcome = await this.transports.send(transport, mail);
        reachable = !(outcome.kind === 'deferred' && outcome.unreachable);
        return outcome;
      });
    } finally {
      admission.done(reachable);
    }
  }

  /** Makes one attempt. If the process dies, the message stays claimed until its lease expires. */
  private async attempt(message: DueMessage, sender: MailSender, send: Send): Promise<void> {
    const { pk } = message;
    const number = await this.batches.claim(pk);
    if (number === undefined) return;
    this.inFlight.add(pk);
    try {
      const outcome = await this.renderAndSend(message, sender, send);
      await this.record({ ...message, attempts: number }, sender, outcome);
    } finally {
      this.inFlight.delete(pk);
    }
  }

  private async renderAndSend(message: DueMessage, sender: MailSender, send: Send): Promise<Outcome> {
    const secrets = this.secrets.withKey(message.data.secretKeyId);
    if (secrets === undefined) return { kind: 'refused', reason: keyIsGone };
    try {
      const rendered = await this.renderer.render({
        template: message.template,
        subject: message.data.hasDefaultSubject === true ? '' : message.subject,
        locale: message.locale,
        data: this.dataOf(message, secrets),
        now: this.clock.date(),
      });
      const signingKeys = await this.signer.keysOf(sender.from.address);
      return await send({ ...outgoing(message, sender, rendered), signingKeys });
    } catch (error) {
      if (error instanceof TemplateError) {
        return { kind: 'refused', reason: `The template ${message.template} cannot be used: ${error.message}` };
      }
      // An internal error must neither lose the mail nor retry forever.
      this.logger.error({ message: 'cannot send', id: message.pk, error: String(error) });
      return { kind: 'deferred', reason: sanitize(`Internal error: ${String(error)}`), unreachable: false };
    }
  }

  /** Returns the template data: the stored values and the derived links and codes. */
  private dataOf({ data }: DueMessage, secrets: SecretBox): MailData {
    return {
      ...data.values,
      ...(data.user !== undefined && { user: data.user }),
      ...(data.link !== undefined && { url: this.urlOf(data.link, secrets) }),
      ...(data.choices !== undefined && {
        choices: data.choices.map(({ username, link }) => ({ username, url: this.urlOf(link, secrets) })),
      }),
      ...(data.notMe !== undefined && { not_me_url: this.urlOf(data.notMe, secrets) }),
      ...this.codeIn(data, secrets),
      ...(data.expires !== undefined && { expires: statedExpiry(new Date(data.expires)) }),
    };
  }

  private urlOf(link: StoredLink, secrets: SecretBox): string {
    return linkUrl(link, publicUrl(this.settings), secrets);
  }

  /** Returns the code of a mail, unless it expired while the mail was queued. */
  private codeIn(
    { codeKey, codeExpires }: StoredMailData,
    secrets: SecretBox,
  ): Pick<MailData, 'code' | 'code_expires'> {
    if (codeKey === undefined) return {};
    const code = oneTimeCode(codeKey, secrets);
    // Mails queued by older releases have no expiry.
    if (codeExpires === undefined) return { code };
    const expires = new Date(codeExpires);
    return expires.getTime() <= this.clock.now() ? {} : { code, code_expires: statedExpiry(expires) };
  }

  private async record(message: DueMessage, sender: MailSender, outcome: Outcome): Promise<void> {
    const { provider } = this.transports.describe(sender.transport);
    const consequence = consequenceOf(outcome, provider, message, sender, this.clock.date(), Math.random());
    const { result, next } = consequence;
    const { pk, attempts: number } = message;
    const isRecorded = await this.batches.finish({ pk, number, ...consequence });
    this.metrics.countAttempt(result.outcome);
    if (isRecorded && next.state === 'sent') {
      this.metrics.observeAcceptance((this.clock.now() - message.queued.getTime()) / 1000);
    }
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

  private async discard({ pk }: DueMessage): Promise<void> {
    await this.store.end(this.dataSource.manager, pk, 'discarded', 'The sending stage was deleted.');
  }

  private async expire(message: DueMessage, sender: MailSender): Promise<void> {
    const reason = 'The link expired before the mail could be sent.';
    await this.dataSource.transaction(async (manager) => {
      const ended = await this.store.end(manager, message.pk, 'failed', reason);
      if (ended) await this.events.write(manager, eventOf(message, sender, reason));
    });
  }

  private async postpone({ pk }: DueMessage, milliseconds: number, server: string, why: string): Promise<void> {
    // Jitter, so that waiting messages do not all retry at once.
    const jitter = Math.min(2000, milliseconds) * Math.random();
    const until = new Date(this.clock.now() + milliseconds + jitter);
    const reason = why === 'busy' ? '' : `${server} does not respond; retries are paused.`;
    await this.batches.postpone({ pk, until, reason });
  }
}

function outgoing(message: DueMessage, sender: MailSender, rendered: RenderedMail): OutgoingMail {
  return {
    pk: message.pk,
    messageId: message.messageId,
    from: sender.from,
    to: { name: message.recipientName, address: message.recipientAddress },
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    attachments: rendered.attachments,
    date: message.created,
  };
}
