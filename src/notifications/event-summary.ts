import { truncated } from '../syntax/truncated.js';
import type { Notification } from '../webhooks/notification-body.js';

/** An event as rules read it. */
export interface FiringEvent {
  readonly pk: string;
  readonly action: string;
  readonly app: string;
  readonly clientIp: string | null;
  readonly context: Readonly<Record<string, unknown>>;
  /** `pk`, `username` and `email`; empty for the service itself. */
  readonly user: Readonly<Record<string, unknown>>;
}

/** Characters of a summary at most. */
const maxSummary = 500;

/** Texts of an event at most, and the characters of their names and values: as many as a message in a chat shows. */
const maxDetails = 25;
const maxName = 256;
const maxValue = 1024;

/** Returns the notification of an event. */
export function notificationOf({ action, context, user }: FiringEvent): Omit<Notification, 'severity'> {
  const { username, email } = user;
  const details = Object.entries(context)
    .filter(isText)
    .slice(0, maxDetails)
    .map(([name, value]) => [truncated(name, maxName), truncated(value, maxValue)]);
  return {
    body: summaryOf(action, context),
    event: {
      action,
      details: Object.fromEntries(details) as Record<string, string>,
      ...(typeof username === 'string' && { user: { username, email: typeof email === 'string' ? email : '' } }),
    },
  };
}

/** Returns the message of an event; without one, its action and the object that was changed. */
function summaryOf(action: string, { message, model }: FiringEvent['context']): string {
  if (typeof message === 'string' && message !== '') return truncated(message, maxSummary);
  if (typeof model !== 'object' || model === null) return action;
  const { app, model_name: kind, name = '' } = model as Record<string, unknown>;
  return truncated(`${action}: ${String(app)}.${String(kind)} ${String(name)}`.trim(), maxSummary);
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}
