import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Caller } from '../core/access/caller.js';
import { User } from '../core/users/user.entity.js';
import { DatabaseClock } from '../database/database-clock.js';
import type { Notification } from '../webhooks/notification-body.js';
import { isByWebhook, type NotificationTransport } from '../webhooks/notification-transport.entity.js';
import { isTaken } from '../webhooks/webhook-receivers.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';
import { NotificationStore } from './notification-store.js';

/** The result of a test: what the transport says, or why it has failed. */
type TestResult = { readonly messages: readonly string[] } | { readonly problem: string };

/** Sends test notifications. */
@Injectable()
export class NotificationTests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: NotificationStore,
    private readonly sender: WebhookSender,
    private readonly clock: DatabaseClock,
  ) {}

  /** Sends a test notification to the caller: by webhook at once and without retries, by mail through the outbox. */
  async send(transport: NotificationTransport, { pk }: Caller): Promise<TestResult> {
    const user = await this.dataSource.manager.findOneByOrFail(User, { pk });
    const notification = { severity: 'notice', body: `Test of the transport ${transport.name}` } as const;
    if (isByWebhook(transport.mode)) return this.post(transport, notification, user);
    const queued = await this.dataSource.transaction((manager) =>
      this.store.add(manager, transport, notification, [user]),
    );
    if (transport.mode === 'local') return { messages: [] };
    const [message] = queued;
    if (message === undefined) return { problem: 'Your account has no email address that gets mails.' };
    return { messages: [`A mail to ${user.email} is queued: ${message}`] };
  }

  private async post(
    { pk, webhookUrl: url, mode }: NotificationTransport,
    notification: Notification,
    { email, username }: User,
  ): Promise<TestResult> {
    const event = {
      id: randomUUID(),
      type: 'notification',
      subject: `transport/${pk}`,
      sequence: 0,
      created: this.clock.date().toISOString(),
      data: { ...notification, user_email: email, user_username: username },
    };
    const receiver = { kind: 'transport', pk, url, mode, isFailing: false } as const;
    const result = await this.sender.send(receiver, event, new AbortController().signal);
    const { status, error, answer } = result;
    if (isTaken(result)) return { messages: [String(status), answer] };
    return { problem: status === null ? error : `Status ${status}: ${answer}` };
  }
}
