import { simpleParser } from 'mailparser';
import { expect } from 'vitest';

import type { SmtpSink } from './smtp-sink.js';

/** The parsed mail of a verification. */
export interface VerificationMail {
  /** Path and query of the link; empty if the mail has none. */
  readonly link: string;
  /** Six digits; empty if the mail has none. */
  readonly code: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Header field `OTP-Token`. */
  readonly otpToken: string | undefined;
}

/** Waits for the `number`th mail (from 1) to an address, and parses it. */
export async function verificationMail(sink: SmtpSink, address: string, number = 1): Promise<VerificationMail> {
  const mails = (): SmtpSink['mails'] => sink.mails.filter(({ to }) => to === address);
  await expect.poll(() => mails().length, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(number);
  const mail = await simpleParser(mails()[number - 1]!.source);
  const text = mail.text ?? '';
  return {
    link: /\/if\/verify\/\?token=\w+/.exec(text)?.[0] ?? '',
    code: /\b\d{6}\b/.exec(text)?.[0] ?? '',
    subject: mail.subject ?? '',
    text,
    html: mail.html === false ? '' : (mail.html ?? ''),
    otpToken: mail.headers.get('otp-token') as string | undefined,
  };
}

/** Returns a code that is not this one. */
export function otherCode(code: string, distance = 1): string {
  return String((Number(code) + distance) % 1_000_000).padStart(6, '0');
}
