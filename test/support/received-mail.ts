import { type ParsedMail, simpleParser } from 'mailparser';
import { expect } from 'vitest';

import type { SmtpSink } from './smtp-sink.js';

/** Waits for a mail to an address, and parses it. @param message its key; by default, it is the first one */
export async function receivedMail(sink: SmtpSink, address: string, message = ''): Promise<ParsedMail> {
  const first = (): SmtpSink['mails'][number] | undefined =>
    sink.mails.find(({ to, messageId }) => to === address && messageId.startsWith(message));
  await expect.poll(first, { timeout: 20_000, interval: 5 }).toBeDefined();
  return simpleParser(first()!.source);
}
