import { simpleParser } from 'mailparser';
import { expect } from 'vitest';

import type { SmtpSink } from './smtp-sink.js';

/** The parsed mail of an email stage. */
export interface ProofMail {
  /** The link in the mail. */
  readonly link: string;
  /** Query of the link, as a page sends it to the executor. */
  readonly query: string;
  /** Token in the link. */
  readonly token: string;
  /** Six-digit code; empty if the mail has none. */
  readonly code: string;
  readonly subject: string;
  readonly to: string;
  readonly text: string;
  readonly html: string;
}

/** Waits for the `number`th mail (from 1) to an address, and parses it. */
export async function proofMail(sink: SmtpSink, address: string, number = 1): Promise<ProofMail> {
  const mails = (): SmtpSink['mails'] => sink.mails.filter(({ to }) => to === address);
  await expect.poll(() => mails().length, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(number);
  const mail = await simpleParser(mails()[number - 1]!.source);
  const text = mail.text ?? '';
  const link = /https?:\/\/\S+flow_token=\S+/.exec(text)?.[0] ?? '';
  const { search, searchParams } = new URL(link);
  return {
    link,
    query: search.slice(1),
    token: searchParams.get('flow_token') ?? '',
    code: /\b\d{6}\b/.exec(text)?.[0] ?? '',
    subject: mail.subject ?? '',
    to: [mail.to ?? []].flat()[0]?.text ?? '',
    text,
    html: mail.html === false ? '' : (mail.html ?? ''),
  };
}
