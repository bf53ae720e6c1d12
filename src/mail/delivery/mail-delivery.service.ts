import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { TemplateError } from '../../templating/template-error.js';
import { Mailbox } from '../mailbox/mailbox.js';
import { type DueMessage, MessageStore } from '../outbox/message-store.js';
import type { StoredMailData } from '../outbox/stored-mail-data.js';
import type { MailData } from '../rendering/mail-data.js';
import { MailRenderer, type RenderedMail } from '../rendering/mail-renderer.js';
import { MailTransports, type OutgoingMail, type Outcome } from '../transport/mail-transports.js';
import { sanitize } from '../transport/reply.js';
import { hostAndPort, testTimeoutSeconds } from '../transport/smtp-settings.js';
import { consequenceOf, eventOf } from './consequence.js';
import { DeliveryBatches } from './delivery-batches.js';
import { oneTimeCode, linkOf } from './mail-link.js';
import { MailMetrics } from './mail-metrics.js';
import type { MailSender } from './mail-senders.js';
import { ServerCircuits } from './server-circuits.js';

type HandOver = (mail: OutgoingMail) => Promise<Outcome | 'captured'>;

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
    private readonly batches: DeliveryBatches,
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
    const due = await this.batches.find(pk);
    if (due === undefined) return;
    const { message, sender } = due;
    if (sender === undefined) return this.discard(message);
    if (message.deadline !== null && message.deadline <= new Date()) return this.giveUp(message, sender);
    if (sender.problem !== undefined) {
      const { problem: reason } = sender;
      return this.attempt(message, sender, () => Promise.resolve({ kind: 'deferred', reason, unreachable: false }));
    }
    if (sender.smtp === undefined) return this.attempt(message, sender, (mail) => this.capture(mail, pk));
    const smtp = message.data.isTrial === true ? { ...sender.smtp, totalTimeout: testTimeoutSeconds } : sender.smtp;
    const server = hostAndPort(smtp);
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
  private async attempt(message: DueMessage, sender: MailSender, handOver: HandOver): Promise<void> {
    const { pk } = message;
    const number = await this.batches.claim(pk);
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
    message: DueMessage,
    sender: MailSender,
    handOver: HandOver,
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
      return { kind: 'deferred', reason: sanitize(`Internal error: ${String(error)}`), unreachable: false };
    }
  }

  /** What the template is filled with: what is stored, and the secrets that are derived only now. */
  private dataOf({ data }: DueMessage): MailData {
    const url = linkOf(data, publicUrl(this.settings), this.secrets);
    const notMe = linkOf({ link: data.notMe }, publicUrl(this.settings), this.secrets);
    return {
      ...data.values,
      ...(data.user !== undefined && { user: data.user }),
      ...(url !== undefined && { url }),
      ...(notMe !== undefined && { not_me_url: notMe }),
      ...this.codeIn(data),
      ...(data.expires !== undefined && { expires: new Date(data.expires) }),
    };
  }

  /** The code of a mail; none if it has expired while the mail waited. */
  private codeIn({ codeKey, codeExpires }: StoredMailData): Pick<MailData, 'code' | 'code_expires'> {
    if (codeKey === undefined) return {};
    const code = oneTimeCode(codeKey, this.secrets);
    // Mails that were queued by an older release do not say when.
    if (codeExpires === undefined) return { code };
    const expires = new Date(codeExpires);
    return expires.getTime() <= Date.now() ? {} : { code, code_expires: expires };
  }

  private async capture(mail: OutgoingMail, pk: string): Promise<Outcome | 'captured'> {
    const reason = await this.mailbox.keep(pk, mail);
    return reason === undefined ? 'captured' : { kind: 'refused', reason };
  }

  private async record(message: DueMessage, sender: MailSender, outcome: Outcome | 'captured'): Promise<void> {
    const consequence = consequenceOf(outcome, message, sender, new Date(), Math.random());
    const { result, next } = consequence;
    const { pk, attempts: number } = message;
    const isOurs = await this.batches.finish({ pk, number, ...consequence });
    this.metrics.attempted(result.outcome);
    if (isOurs && next.state === 'sent') this.metrics.accepted(message.queued);
    this.logger.log({
      message: 'mail',
      id: pk,
      attempt: number,
      outcome: result.outcome,
      state: next.state,
      server: result.server,
      reason: result.reason,
    });
  }

  private async discard({ pk }: DueMessage): Promise<void> {
    await this.store.end(this.dataSource.manager, pk, 'discarded', 'The stage that sent it was deleted.');
  }

  private async giveUp(message: DueMessage, sender: MailSender): Promise<void> {
    const reason = 'It could not be sent while its link was valid.';
    await this.dataSource.transaction(async (manager) => {
      const ended = await this.store.end(manager, message.pk, 'failed', reason);
      if (ended) await this.events.write(manager, eventOf(message, sender, reason));
    });
  }

  private async postpone({ pk }: DueMessage, retryAt: Date, server: string, why: string): Promise<void> {
    // Somewhat later than the moment itself, so that not every waiting message comes at once.
    const spread = Math.min(2000, retryAt.getTime() - Date.now()) * Math.random();
    const until = new Date(retryAt.getTime() + spread);
    const reason = why === 'busy' ? '' : `${server} does not answer; it is left alone for a while.`;
    await this.batches.postpone({ pk, until, reason });
  }
}

function outgoing(message: DueMessage, sender: MailSender, rendered: RenderedMail): OutgoingMail {
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
