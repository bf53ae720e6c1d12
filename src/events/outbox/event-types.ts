/** Types of events for other systems. A trigger or `EventOutbox` writes each of them. */
export const eventTypes = [
  'address.changed',
  'address.verified',
  'flow.created',
  'flow.deleted',
  'flow.updated',
  'mail.failed',
  'mail.sent',
  'stage.created',
  'stage.deleted',
  'stage.updated',
  'user.activated',
  'user.created',
  'user.password_changed',
  'user.signed_in',
  'verification.approved',
  'verification.canceled',
  'verification.expired',
  'verification.failed',
  'webhook.test',
] as const;
export type EventType = (typeof eventTypes)[number];
