import { httpKind } from './http/http-kind.js';
import type { TransportKind, TransportSettings } from './mail-transport.js';
import { mailboxKind } from './mailbox/mailbox-kind.js';
import { smtpKind } from './smtp/smtp-kind.js';

/** Every kind of transport. */
export const transportKinds: readonly TransportKind[] = [smtpKind, httpKind, mailboxKind];

/** Returns the kind of these settings. */
export function kindOf({ kind }: TransportSettings): TransportKind {
  const found = transportKinds.find(({ name }) => name === kind);
  if (found === undefined) throw new Error(`there is no kind of transport ${kind}`);
  return found;
}

/** Returns the kind whose URLs have this scheme; undefined if there is none. */
export function kindWithScheme(scheme: string | undefined): TransportKind | undefined {
  return transportKinds.find(({ schemes }) => scheme !== undefined && schemes.includes(scheme));
}
