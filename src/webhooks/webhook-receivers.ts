import type { StoredEvent } from '../events/outbox/outgoing-message.js';
import type { NotificationMode } from './notification-transport.entity.js';

/** Tables of what deliveries are sent to. `key` is also their column of `webhook_delivery`. */
export const receiverTables = {
  endpoint: {
    table: 'webhook_endpoint',
    key: 'endpoint_uuid',
    isOpen: 'enabled',
    columns: `url, secret, case when previous_secret_until > now() then previous_secret else '' end as "previousSecret"`,
  },
  transport: {
    table: 'notification_transport',
    key: 'transport_uuid',
    isOpen: `mode in ('webhook', 'webhook_slack')`,
    columns: 'webhook_url as url, mode',
  },
} as const;

/** A receiver that this process sends the deliveries of. */
interface Claimed {
  readonly pk: string;
  readonly url: string;
  /** Whether it has taken nothing of late. */
  readonly isFailing: boolean;
}

/** An endpoint, which takes signed events. */
export interface ClaimedEndpoint extends Claimed {
  readonly kind: 'endpoint';
  /** Sealed. */
  readonly secret: string;
  /** Sealed; empty if only one secret signs. */
  readonly previousSecret: string;
}

/** A transport of notifications. */
export interface ClaimedTransport extends Claimed {
  readonly kind: 'transport';
  readonly mode: NotificationMode;
}

export type Receiver = ClaimedEndpoint | ClaimedTransport;

/** A receiver in statements. */
export type ReceiverKey = Pick<Receiver, 'kind' | 'pk'>;

/** A delivery to send now, with its event. */
export interface DueDelivery {
  readonly pk: string;
  /** Failed attempts since the event, or the last replay. */
  readonly failures: number;
  /** Seconds since the first of these attempts. */
  readonly age: number;
  readonly event: StoredEvent;
}

/** The result of an attempt. */
export interface AttemptResult {
  readonly started: Date;
  readonly milliseconds: number;
  /** HTTP status; null without a response. */
  readonly status: number | null;
  /** Why there is no response; empty if there is one. */
  readonly error: string;
  readonly answer: string;
}

/** Whether the receiver has taken the delivery. */
export function isTaken({ status }: AttemptResult): boolean {
  return status !== null && status >= 200 && status < 300;
}
