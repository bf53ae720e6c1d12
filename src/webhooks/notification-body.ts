import { truncated } from '../syntax/truncated.js';
import type { NotificationMode } from './notification-transport.entity.js';

/** The severities of notifications. */
export const severities = ['notice', 'warning', 'alert'] as const;
export type Severity = (typeof severities)[number];

/** What users are notified of. */
export interface Notification {
  readonly severity: Severity;
  /** Summary of the event, one line. */
  readonly body: string;
  /** The event; undefined for a test. */
  readonly event?: {
    readonly action: string;
    /** Acting user; undefined for the service itself. */
    readonly user?: { readonly username: string; readonly email: string };
    /** Texts of its context. */
    readonly details: Readonly<Record<string, string>>;
  };
}

/** A user who is notified. */
export interface NotifiedUser {
  readonly pk: number;
  readonly username: string;
  readonly email: string;
}

/** A notification on its way to a webhook. */
export interface SentNotification extends Notification {
  readonly user_email: string;
  readonly user_username: string;
}

interface SlackField {
  readonly title: string;
  readonly value: string;
  readonly short?: true;
}

/** Fields that a message in a chat can have. */
const maxFields = 25;

const colors: Readonly<Record<Severity, string>> = { notice: '#2f6fde', warning: '#e8a317', alert: '#d13438' };

/**
 * Returns the JSON for the receiver of a notification: for Slack an attachment, otherwise the fields of authentik.
 *
 * @param sender name of this service
 */
export function notificationBody(mode: NotificationMode, notification: SentNotification, sender: string): object {
  const { body, severity, user_email, user_username, event } = notification;
  if (mode === 'webhook_slack') return { username: sender, attachments: [attachmentOf(notification)] };
  const { user } = event ?? {};
  return {
    body,
    severity,
    user_email,
    user_username,
    ...(user !== undefined && { event_user_email: user.email, event_user_username: user.username }),
  };
}

function attachmentOf({ body, severity, user_username, event }: SentNotification): object {
  const fields: SlackField[] = [
    { title: 'Severity', value: severity, short: true },
    { title: 'Dispatched for user', value: slackText(user_username), short: true },
  ];
  if (event !== undefined) {
    const { action, user, details } = event;
    fields.push({ title: 'Event', value: action, short: true });
    if (user !== undefined) fields.push({ title: 'Event user', value: slackText(user.username), short: true });
    const texts = Object.entries(details).map(([name, value]) => ({
      title: slackText(truncated(name, 256)),
      value: slackText(truncated(value, 1024)),
    }));
    fields.push(...texts.slice(0, maxFields - fields.length));
  }
  return { title: slackText(body), fallback: slackText(body), color: colors[severity], fields };
}

/**
 * Values can be of visitors: without this, `<!channel>` in a user name would call everyone. Not for Markdown, which Slack
 * shows as it is; Discord makes links and bold text of it.
 */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
