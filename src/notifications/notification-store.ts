import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';

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
  /** Key of the event; undefined for a test. */
  readonly eventKey?: string;
}

/** Writes notifications in the caller's transaction; workers send those by webhook and by mail. */
@Injectable()
export class NotificationStore {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
    private readonly notices: NoticeMail,
  ) {}

  /**
   * Notifies users through a transport.
   *
   * @returns the keys of the mails; users whose address gets no mail have none
   */
  async add(
    manager: EntityManager,
    { pk, mode }: Pick<NotificationTransport, 'pk' | 'mode'>,
    { eventKey, ...notification }: EventNotification,
    users: readonly NotifiedUser[],
  ): Promise<string[]> {
    const keys = users.map((user) => user.pk);
    if (mode === 'email') return this.mail(manager, notification, keys);
    if (mode === 'local') await addLocal(manager, notification, eventKey, keys);
    else await this.webhooks.addNotifications(manager, pk, notification, users);
    return [];
  }

  private async mail(
    manager: EntityManager,
    { severity, body, event }: Notification,
    keys: readonly number[],
  ): Promise<string[]> {
    const users = await manager.findBy(User, { pk: In(keys) });
    const queued: string[] = [];
    for (const user of users.filter((each) => this.notices.canReach(each, each.email))) {
      const { username, name, email, attributes } = user;
      const actor = event?.user?.username;
      const values = {
        title: body,
        key_value: { severity, ...(event && { action: event.action }), ...(actor !== undefined && { user: actor }) },
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

async function addLocal(
  manager: EntityManager,
  { severity, body }: Notification,
  event: string | undefined,
  users: readonly number[],
): Promise<void> {
  await manager.query(
    `insert into "notification" (notification_uuid, severity, body, event_uuid, user_id)
     select gen_random_uuid(), $1, $2, $3, account from unnest($4::int[]) as account`,
    [severity, body, event ?? null, users],
  );
}
