import type { TransportUrl } from '../transport-url.js';

/** Which delivery status notifications the sender gets (RFC 3461). */
export interface DsnSettings {
  /** Values of NOTIFY. */
  readonly notify: readonly Notification[];
  /** Value of RET: how much of the mail comes back. */
  readonly returns: 'HDRS' | 'FULL';
}

type Notification = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

/** Names of the parameters of a URL. */
export const dsnParameters = ['dsn', 'dsn_return'] as const;

/** The values of `dsn`. */
const notifications: Readonly<Record<string, Notification>> = {
  never: 'NEVER',
  success: 'SUCCESS',
  failure: 'FAILURE',
  delay: 'DELAY',
};

/**
 * Returns the settings in `dsn=failure,delay&dsn_return=headers` of a transport's URL; undefined without `dsn`. By default,
 * only the headers come back: the text of these mails has links that are secrets.
 *
 * @throws as `readTransportUrl` does
 */
export function dsnSettingsIn({ parameters }: TransportUrl): DsnSettings | undefined {
  const value = parameters.get('dsn');
  const returned = parameters.get('dsn_return');
  if (value === undefined) {
    if (returned !== undefined) throw new Error('has dsn_return without dsn');
    return undefined;
  }
  const names = value.toLowerCase().split(',');
  const notify = names.flatMap((name) => (Object.hasOwn(notifications, name) ? (notifications[name] ?? []) : []));
  const isUnique = new Set(notify).size === names.length;
  if (!isUnique || (notify.includes('NEVER') && notify.length > 1)) {
    throw new Error('must have never, or some of success, failure and delay with commas, as dsn');
  }
  if (returned !== undefined && !['headers', 'full'].includes(returned)) {
    throw new Error('must have headers or full as dsn_return');
  }
  return { notify, returns: returned === 'full' ? 'FULL' : 'HDRS' };
}
