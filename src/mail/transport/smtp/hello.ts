import type { Socket } from 'node:net';
import { hostname } from 'node:os';

import type { Dialogue } from './dialogue.js';
import type { Reply } from './reply.js';

/** The server's extensions with their parameters, by upper-case name (RFC 5321, 4.1.1.1). */
export type Extensions = ReadonlyMap<string, readonly string[]>;

/**
 * Introduces the client with EHLO, or with HELO to servers that do not take EHLO (RFC 1869, 4.5) or its argument. The
 * reply to HELO has no lines, because it names no extensions.
 */
export async function sayHello(dialogue: Dialogue, clientName: string): Promise<Reply> {
  const reply = await dialogue.command(`EHLO ${clientName}`);
  if (![500, 501, 502, 504].includes(reply.code)) return reply;
  return { ...(await dialogue.command(`HELO ${clientName}`)), lines: [] };
}

export function parseExtensions({ lines }: Reply): Extensions {
  const words = lines.slice(1).map((line) =>
    line
      .toUpperCase()
      .trim()
      .split(/[\s=]+/),
  );
  return new Map(words.map(([name = '', ...parameters]) => [name, parameters]));
}

/** Returns the fully qualified name of this machine, or else its address literal (RFC 5321, 4.1.3). */
export function machineName({ localAddress = '127.0.0.1' }: Socket): string {
  const name = hostname();
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)) return name;
  const address = localAddress.replace(/^::ffff:/, '').replace(/%.*$/, '');
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}
