import { Injectable } from '@nestjs/common';
import { Any, type EntityManager } from 'typeorm';

import { RequestLimits } from '../core/limits/request-limits.service.js';
import { localeOf } from '../core/users/settings-of.js';
import { User } from '../core/users/user.entity.js';
import { MailSenders } from '../mail/delivery/mail-senders.js';
import { NoticeMail } from '../mail/notices/notice-mail.service.js';
import { Outbox } from '../mail/outbox/outbox.service.js';
import { negotiateLanguage } from '../templating/language/locale.js';
import { singleLine } from '../templating/plain-text.js';
import type { Notification, NotifiedUser } from '../webhooks/notification-body.js';
import type { NotificationTransport } from '../webhooks/notification-transport.entity.js';
import { WebhookStore } from '../webhooks/webhook-store.js';

/** A notification of an event. */
interface EventNotification extends Notification {
  /** Keys of the event and of the rule; undefined for a test. */
  readonly eventKey?: string;
  readonly ruleKey?: string;
}

/** Mails of a rule to a user in an hour at most: visitors can cause events. */
const maxMails = 20;
const hourSeconds = 3600;

/** Writes notifications in the caller's transaction; workers send those by webhook and by mail. */
@Injectable()
export class NotificationStore {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
    private readonly notices: NoticeMail,
    private readonly limits: RequestLimits,
  ) {}

  /**
   * Notifies users through a transport; with `sendOnce`, the first one that it reaches.
   *
   * @returns the keys of the mails; users whose address gets no mail have none
   */
  async add(
    manager: EntityManager,
    { pk, mode, sendOnce }: Pick<NotificationTransport, 'pk' | 'mode' | 'sendOnce'>,
    { eventKey, ruleKey, ...notification }: EventNotification,
    users: readonly NotifiedUser[],
  ): Promise<string[]> {
    const last = sendOnce ? 1 : users.length;
    if (mode === 'email') {
      const accounts = await manager.find(User, {
        where: { pk: Any(users.map((user) => user.pk)) },
        order: { pk: 'asc' },
      });
      const reached = accounts.filter((user) => this.notices.canReach(user, user.email)).slice(0, last);
      return this.mail(manager, notification, ruleKey, reached);
    }
    const notified = users.slice(0, last);
    if (mode === 'local') await addLocal(manager, notification, eventKey, notified);
    else await this.webhooks.addNotifications(manager, pk, asSentBy(mode, notification), notified);
    return [];
  }

  private async mail(
    manager: EntityManager,
    { severity, body, event }: Notification,
    rule: string | undefined,
    users: readonly User[],
  ): Promise<string[]> {
    const queued: string[] = [];
    for (const user of users) {
      const key = `notification:${rule}:${user.pk}`;
      const number = rule === undefined ? 0 : await this.limits.number(manager, key, hourSeconds);
      if (number > maxMails) continue;
      const { username, name, email, attributes } = user;
      const actor = event?.user?.username;
      const values = {
        title: body,
        key_value: { severity, ...(event && { action: event.action }), ...(actor !== undefined && { user: actor }) },
        ...(number === maxMails && { is_last: true }),
      };
      const message = await this.outbox.enqueue(manager, {
        stage: null,
        fromAddress: this.senders.global().from.address,
        recipient: { name, address: email },
        template: 'email/event_notification.html',
        subject: singleLine(body),
        locale: negotiateLanguage(localeOf(attributes)),
        data: { user: { username, name, email }, values, isNotification: true },
        deadline: null,
      });
      queued.push(message);
    }
    return queued;
  }
}

/** Only messages for a chat show the texts of an event. */
function asSentBy(mode: NotificationTransport['mode'], { event, ...rest }: Notification): Notification {
  if (event === undefined) return rest;
  return { ...rest, event: mode === 'webhook' ? { ...event, details: {} } : event };
}

async function addLocal(
  manager: EntityManager,
  { severity, body }: Notification,
  event: string | undefined,
  users: readonly NotifiedUser[],
): Promise<void> {
  await manager.query(
    `insert into "notification" (notification_uuid, severity, body, event_uuid, user_id)
     select gen_random_uuid(), $1, $2, $3, account.id from "user" account
      where account.id = any($4::int[]) order by account.id
        -- Waits for the deletion of an account, whose foreign key would fail the rule.
        for key share`,
    [severity, body, event ?? null, users.map((user) => user.pk)],
  );
}
