import { simpleParser } from 'mailparser';
import { expect } from 'vitest';

import type { SmtpSink } from './smtp-sink.js';

/** What a mail of an email stage brings. */
export interface ProofMail {
  /** The link, as it stands in the mail. */
  readonly link: string;
  /** Its query, as a page sends it to the executor. */
  readonly query: string;
  /** The secret in it. */
  readonly token: string;
  /** Empty if the mail has none. */
  readonly code: string;
  readonly subject: string;
  readonly to: string;
  readonly text: string;
  readonly html: string;
}

/** Waits for the mail that an address gets as its `number`th (from 1), and reads it as its owner would. */
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
