import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { TemplateError } from '../../templating/template-error.js';
import { Mailbox } from '../mailbox/mailbox.js';
import type { MailMessage } from '../outbox/mail-message.entity.js';
import { type AttemptResult, MessageStore, type NextState } from '../outbox/message-store.js';
import { nextAttempt } from '../outbox/retry-schedule.js';
import type { MailData } from '../rendering/mail-data.js';
import { MailRenderer, type RenderedMail } from '../rendering/mail-renderer.js';
import { MailTransports, type OutgoingMail, type Outcome } from '../transport/mail-transports.js';
import { codeOf, linkOf } from './mail-link.js';
import { MailMetrics } from './mail-metrics.js';
import { type MailSender, MailSenders } from './mail-senders.js';
import { ServerCircuits } from './server-circuits.js';

/** Sends messages: claims one, renders it, hands it over, writes down what came of it. */
@Injectable()
export class MailDelivery {
  /** Messages that this process is sending now. */
  readonly underWay = new Set<string>();
  readonly circuits: ServerCircuits;
  private readonly logger = new Logger('Mail');

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly store: MessageStore,
    private readonly senders: MailSenders,
    private readonly renderer: MailRenderer,
    private readonly transports: MailTransports,
    private readonly mailbox: Mailbox,
    private readonly events: EventLog,
    private readonly secrets: SecretBox,
    private readonly metrics: MailMetrics,
  ) {
    this.circuits = new ServerCircuits(settings.mailConcurrency);
  }

  /** Does what there is to do for this message now: sends it, puts it off or ends it. Safe to call at any time. */
  async deliver(pk: string): Promise<void> {
    const message = await this.store.find(pk);
    if (message === null || !['queued', 'retrying', 'sending'].includes(message.state)) return;
    const sender = await this.senders.of(message.stageId);
    if (sender === undefined) return this.end(message, 'discarded', 'The stage that sent it was deleted.');
    if (message.deadline !== null && message.deadline <= new Date()) {
      return this.end(message, 'failed', 'It could not be sent while its link was valid.');
    }
    if (sender.problem !== undefined) {
      const { problem: reason } = sender;
      return this.attempt(message, sender, () => Promise.resolve({ kind: 'deferred', reason, unreachable: false }));
    }
    if (sender.smtp === undefined) return this.attempt(message, sender, (mail) => this.capture(mail, pk));
    const { smtp } = sender;
    const server = `${smtp.host}:${smtp.port}`;
    const admission = await this.circuits.enter(server);
    if (!admission.admitted) return this.postpone(message, admission.retryAt, server, admission.reason);
    let reachable = true;
    try {
      await this.attempt(message, sender, async (mail) => {
        const outcome = await this.transports.send(smtp, mail);
        reachable = !(outcome.kind === 'deferred' && outcome.unreachable);
        return outcome;
      });
    } finally {
      admission.done(reachable);
    }
  }

  /** One try. A process that dies in it leaves the message claimed until its lease is over. */
  private async attempt(
    message: MailMessage,
    sender: MailSender,
    handOver: (mail: OutgoingMail) => Promise<Outcome | 'captured'>,
  ): Promise<void> {
    const { pk } = message;
    const number = await this.store.claim(pk, this.settings.mailLease);
    if (number === undefined) return;
    this.underWay.add(pk);
    try {
      const outcome = await this.tryToHandOver(message, sender, handOver);
      await this.record({ ...message, attempts: number }, sender, outcome);
    } finally {
      this.underWay.delete(pk);
    }
  }

  private async tryToHandOver(
    message: MailMessage,
    sender: MailSender,
    handOver: (mail: OutgoingMail) => Promise<Outcome | 'captured'>,
  ): Promise<Outcome | 'captured'> {
    try {
      const rendered = await this.renderer.render({
        template: message.template,
        subject: message.subject,
        locale: message.locale,
        data: this.dataOf(message),
      });
      return await handOver(outgoing(message, sender, rendered));
    } catch (error) {
      if (error instanceof TemplateError) {
        return { kind: 'refused', reason: `The template ${message.template} cannot be used: ${error.message}` };
      }
      // A fault of ours must not lose the mail, nor have it tried without end.
      this.logger.error({ message: 'cannot send', id: message.pk, error: String(error) });
      return { kind: 'deferred', reason: `Something failed here: ${String(error)}`, unreachable: false };
    }
  }

  /** What the template is filled with: what is stored, and the secrets that are derived only now. */
  private dataOf({ data }: MailMessage): MailData {
    const url = linkOf(data, publicUrl(this.settings), this.secrets);
    return {
      ...data.values,
      ...(data.user !== undefined && { user: data.user }),
      ...(url !== undefined && { url }),
      ...(data.codeKey !== undefined && { code: codeOf(data.codeKey, this.secrets) }),
      ...(data.expires !== undefined && { expires: new Date(data.expires) }),
    };
  }

  private async capture(mail: OutgoingMail, pk: string): Promise<Outcome | 'captured'> {
    const reason = await this.mailbox.keep(pk, mail);
    return reason === undefined ? 'captured' : { kind: 'refused', reason };
  }

  private async record(message: MailMessage, sender: MailSender, outcome: Outcome | 'captured'): Promise<void> {
    const { result, next } = decide(message, outcome, new Date(), Math.random());
    const changed = await this.dataSource.transaction(async (manager) => {
      const done = await this.store.finishAttempt(manager, message.pk, message.attempts, result, next);
      if (done && (next.state === 'sent' || next.state === 'failed')) await this.tell(manager, message, sender, result);
      return done;
    });
    this.metrics.attempted(result.outcome);
    if (changed && next.state === 'sent') this.metrics.accepted(message.created);
    this.logger.log({
      message: 'mail',
      id: message.pk,
      attempt: message.attempts,
      outcome: result.outcome,
      state: next.state,
      server: result.server,
      reason: result.reason,
    });
  }

  private async tell(
    manager: Parameters<EventLog['write']>[0],
    message: MailMessage,
    sender: MailSender,
    result: AttemptResult,
  ): Promise<void> {
    const sent = result.outcome === 'accepted';
    await this.events.write(manager, {
      action: sent ? 'email_sent' : 'email_failed',
      app: 'authentik.stages.email',
      context: {
        message: `Email to ${message.recipientAddress} ${sent ? 'sent' : 'not sent'}`,
        message_id: message.pk,
        stage: { pk: message.stageId, name: sender.name },
        template: message.template,
        subject: message.subject,
        from_email: sender.fromAddress,
        to_email: [message.recipientAddress],
        ...(sent ? {} : { reason: result.reason }),
      },
    });
  }

  private async end(message: MailMessage, state: 'failed' | 'discarded', reason: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const ended = await this.store.end(manager, message.pk, state, reason);
      if (!ended || state !== 'failed') return;
      await this.tell(manager, message, this.senders.global(), { outcome: 'refused', reason });
    });
  }

  private async postpone(message: MailMessage, until: Date, server: string, reason: string): Promise<void> {
    // Somewhat later than the moment itself, so that not every waiting message comes at once.
    const spread = new Date(until.getTime() + Math.random() * 2000);
    await this.store.postpone(
      message.pk,
      spread,
      reason === 'busy' ? '' : `${server} does not answer; it is left alone for a while.`,
    );
  }
}

/** What a try means for the message. */
export function decide(
  message: Pick<MailMessage, 'attempts' | 'created' | 'deadline'>,
  outcome: Outcome | 'captured',
  now: Date,
  random: number,
): { result: AttemptResult; next: NextState } {
  if (outcome === 'captured') {
    const reason = 'No mail server is set (EMAIL_HOST): it is in the local mailbox.';
    return { result: { outcome: 'captured', reason }, next: { state: 'captured' } };
  }
  const { kind: _, ...details } = outcome;
  if (outcome.kind === 'accepted') {
    return { result: { ...details, outcome: 'accepted', reason: '' }, next: { state: 'sent' } };
  }
  const said = outcome.reply === undefined || outcome.reply === '' ? '' : ` It says: ${outcome.reply}`;
  const result = { ...details, reason: `${outcome.reason}${said}` };
  if (outcome.kind === 'refused') return { result: { ...result, outcome: 'refused' }, next: { state: 'failed' } };
  const again = nextAttempt(message, now, random);
  const next: NextState = again === undefined ? { state: 'failed' } : { state: 'retrying', nextAttempt: again };
  return { result: { ...result, outcome: 'deferred' }, next };
}

function outgoing(message: MailMessage, sender: MailSender, rendered: RenderedMail): OutgoingMail {
  return {
    messageId: message.messageId,
    from: { name: '', address: sender.fromAddress },
    to: { name: message.recipientName, address: message.recipientAddress },
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    attachments: rendered.attachments,
    date: message.created,
  };
}
