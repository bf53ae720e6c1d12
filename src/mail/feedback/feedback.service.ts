import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { EventOutbox } from '../../events/outbox/event-outbox.js';
import type { EventType } from '../../events/outbox/event-types.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { MailFailures } from '../delivery/mail-failures.js';
import { SuppressionService } from '../suppressions/suppression.service.js';
import {
  type FeedbackEvent,
  FeedbackFormatError,
  type FeedbackProvider,
  type FeedbackRequest,
} from './feedback-provider.js';
import { mailgunFeedback } from './mailgun-feedback.js';
import { messageFeedback } from './message/message-feedback.js';
import { postmarkFeedback } from './postmark-feedback.js';
import { resendFeedback } from './resend-feedback.js';
import { sendgridFeedback } from './sendgrid-feedback.js';
import { SesFeedback } from './ses-feedback.js';

/** Names of the providers. */
export const feedbackProviders = ['mailgun', 'message', 'postmark', 'resend', 'sendgrid', 'ses'] as const;

/** Events of the kinds after which an address gets no more mails. */
const eventTypes = { bounce: 'mail.bounced', complaint: 'mail.complained' } as const satisfies Record<
  string,
  EventType
>;

/** A mail that an event is about. */
interface ReportedMail {
  readonly pk: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly template: string;
  readonly attempts: number;
}

/** Records what providers report about mails that they had accepted. */
@Injectable()
export class FeedbackService {
  private readonly logger = new Logger('Mail');
  private readonly providers: readonly FeedbackProvider[];

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
    private readonly outbox: EventOutbox,
    private readonly suppressions: SuppressionService,
    private readonly failures: MailFailures,
    ses: SesFeedback,
  ) {
    this.providers = [mailgunFeedback, messageFeedback, postmarkFeedback, resendFeedback, sendgridFeedback, ses];
  }

  /**
   * Records the events of a request, all of them or none. An event that is known changes nothing.
   *
   * @returns how many were new
   * @throws AppError `notFound` for a provider without a secret, `forbidden` if the provider has not sent the request,
   *   `overloaded` if the mail may be one that is being sent, `providerUnavailable` if it does not prove itself now
   * @throws ValidationError if the body is not what the provider documents
   */
  async receive(name: string, request: FeedbackRequest): Promise<number> {
    const { provider, secrets } = this.find(name);
    if (provider === undefined || secrets.length === 0) throw new AppError('notFound');
    const events = await this.eventsOf(provider, request, secrets);
    if (events.length === 0) return 0;
    const recorded = await this.record(provider, events);
    for (const [{ pk }, { kind }] of recorded) if (kind === 'bounce') await this.failures.notify(pk);
    return recorded.length;
  }

  /** Whether the header of a request proves that the provider has sent it; undefined if the body has to prove it. */
  isProven(name: string, headers: IncomingHttpHeaders): boolean | undefined {
    const { provider, secrets } = this.find(name);
    if (secrets.length === 0) return false;
    return provider?.isProven && secrets.some((secret) => provider.isProven?.(headers, secret));
  }

  private find(name: string): { provider: FeedbackProvider | undefined; secrets: readonly string[] } {
    const provider = this.providers.find((each) => each.name === name);
    return { provider, secrets: provider?.secrets(this.settings)?.split(' ').filter(Boolean) ?? [] };
  }

  private async eventsOf(
    provider: FeedbackProvider,
    request: FeedbackRequest,
    secrets: readonly string[],
  ): Promise<FeedbackEvent[]> {
    try {
      const now = this.clock.date();
      for (const secret of secrets) {
        if (await provider.isAuthentic(request, secret, now)) return await provider.read(request, now);
      }
    } catch (error) {
      if (error instanceof FeedbackFormatError) throw new ValidationError({ [nonField]: [error.message] });
      throw error;
    }
    throw new AppError('forbidden');
  }

  /** @returns those that are new */
  private record(
    provider: FeedbackProvider,
    events: readonly FeedbackEvent[],
  ): Promise<[ReportedMail, FeedbackEvent][]> {
    return this.dataSource.transaction(async (manager) => {
      const found: [ReportedMail, FeedbackEvent][] = [];
      for (const event of events) {
        const mail = await this.mailOf(manager, provider, event);
        if (mail !== undefined) found.push([mail, event]);
        // The response to the mail may not be recorded yet. The provider repeats the request.
        else if (!provider.isOpen && event.ids.length > 0 && (await this.isSending(manager)))
          throw new AppError('overloaded');
        else this.logger.debug({ message: 'feedback on an unknown mail', provider: provider.name, event: event.event });
      }
      // In the order of their keys, so that two requests do not wait for each other.
      found.sort(([one], [other]) => (one.pk < other.pk ? -1 : 1));
      const recorded: typeof found = [];
      for (const each of found) if (await this.add(manager, provider.name, ...each)) recorded.push(each);
      return recorded;
    });
  }

  private async mailOf(
    manager: EntityManager,
    { attempts, isOpen = false }: FeedbackProvider,
    { ids, messageId, envelopeId = '' }: FeedbackEvent,
  ): Promise<ReportedMail | undefined> {
    const [mail, another] = await manager.query<ReportedMail[]>(
      `select message_uuid as pk, message_id, recipient_address as recipient, template, attempts
         from "mail_message" m
        where message_uuid in (
          select message_uuid from "mail_message" where message_id = $1
          union all select message_uuid from "delivery_attempt"
           where provider_message_id <> '' and provider_message_id = any($2) and provider = any($3)
          union all select $4::uuid
        ) and (not $5 or exists (
          select from "delivery_attempt" a
           where a.message_uuid = m.message_uuid and outcome = 'accepted' and ended > now() - interval '14 days'
        )) limit 2`,
      [messageId?.replace(/^<|>$/g, '') ?? null, ids, attempts, parseUuid(envelopeId) ?? null, isOpen],
    );
    // Its identifiers name two mails, of which a forger may know one.
    return isOpen && another !== undefined ? undefined : mail;
  }

  private async isSending(manager: EntityManager): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `select from "mail_message" where next_attempt is not null and state = 'sending' and lease_until > now() limit 1`,
    );
    return rows.length > 0;
  }

  /** @returns false if the event is known */
  private async add(
    manager: EntityManager,
    provider: string,
    mail: ReportedMail,
    { event, kind, reason, happened }: FeedbackEvent,
  ): Promise<boolean> {
    await manager.query('select from "mail_message" where message_uuid = $1 for no key update', [mail.pk]);
    const added = await manager.query<unknown[]>(
      `insert into "mail_feedback" (feedback_uuid, message_uuid, provider, event, kind, reason, happened)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (provider, event) do nothing returning feedback_uuid`,
      [randomUUID(), mail.pk, provider, event, kind, reason, happened],
    );
    if (added.length === 0) return false;
    this.logger.log({ message: `mail ${kind}`, id: mail.pk, provider, reason });
    if (kind === 'transient') return true;
    await this.outbox.add(manager, eventTypes[kind], `mail/${mail.pk}`, { ...mail, reason });
    if (this.settings.emailFeedbackSuppresses) {
      await this.suppressions.suppress(manager, { address: mail.recipient, reason: kind, message: mail.pk });
    }
    return true;
  }
}
