import type { TlsUse } from '../config/database-tls.js';
import type { DatabaseUrl, ServerAddress } from '../config/database-url.js';
import type { Encryption } from './database-socket.js';

/** A server to try, and how. */
export interface Attempt {
  readonly address: ServerAddress;
  readonly encryption: Encryption;
}

/** What is tried in order, by the use of TLS. */
const encryptions: Readonly<Record<TlsUse, readonly Encryption[]>> = {
  never: ['none'],
  fallback: ['none', 'required'],
  first: ['offered', 'none'],
  always: ['required'],
};

/** The server that was usable last, by the names of all. */
const lastUsable = new Map<string, string>();

/** Returns the attempts to open a connection, in order. */
export function attemptsFor({ addresses, target, tls }: DatabaseUrl): Attempt[] {
  // A server that has vanished takes its whole time-out, so a usable one is tried first. With `any`, the order of the URL says
  // which server is preferred.
  const first = target === 'any' ? undefined : lastUsable.get(listed(addresses));
  const inOrder = [
    ...addresses.filter((address) => nameOf(address) === first),
    ...addresses.filter((address) => nameOf(address) !== first),
  ];
  return inOrder.flatMap((address) =>
    encryptions[address.host.startsWith('/') ? 'never' : tls.use].map((encryption) => ({ address, encryption })),
  );
}

/** Notes that a server is usable. */
export function remember({ addresses }: DatabaseUrl, usable: ServerAddress): void {
  if (addresses.length > 1) lastUsable.set(listed(addresses), nameOf(usable));
}

/** Returns host and port. */
export function nameOf({ host, port }: ServerAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function listed(addresses: readonly ServerAddress[]): string {
  return addresses.map(nameOf).join();
}
