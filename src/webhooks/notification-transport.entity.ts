import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

import { oneOf } from '../database/one-of.js';

/** How a notification reaches a user. */
export const notificationModes = ['local', 'webhook', 'webhook_slack', 'email'] as const;
export type NotificationMode = (typeof notificationModes)[number];

/** Whether a mode posts notifications to a URL. */
export function isByWebhook(mode: NotificationMode | undefined): boolean {
  return mode === 'webhook' || mode === 'webhook_slack';
}

/** A way for notifications to reach users. Those by webhook are deliveries. */
@Entity()
@Unique('uq_notification_transport_name', ['name'])
@Check('ck_notification_transport_mode', oneOf('mode', notificationModes))
@Check('ck_notification_transport_url', `"mode" NOT IN ('webhook', 'webhook_slack') OR "webhook_url" <> ''`)
export class NotificationTransport {
  @PrimaryColumn({ type: 'uuid', name: 'transport_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', default: 'local' })
  mode!: NotificationMode;

  /** Empty for modes without a webhook. */
  @Column({ type: 'text', default: '' })
  webhookUrl!: string;

  /** Whether only the first user of a group is notified, such as of a webhook into a chat. */
  @Column({ type: 'boolean', default: false })
  sendOnce!: boolean;

  /** The first failure since the last success; null if there is none. */
  @Column({ type: 'timestamptz', nullable: true })
  failingSince!: Date | null;

  /** The last attempt that the receiver did not take. */
  @Column({ type: 'timestamptz', nullable: true })
  lastFailure!: Date | null;

  /** Until then, one worker sends the deliveries. */
  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;
}
