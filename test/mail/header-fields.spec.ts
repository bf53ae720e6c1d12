import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterEach, expect, it } from 'vitest';

import type { NewMail } from '../../src/mail/outbox/outbox.service.js';
import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp | undefined;
const sink = new SmtpSink();
afterEach(async () => {
  await app?.stop();
  await sink.close();
});

const code = { codeKey: randomUUID(), codeExpires: new Date(Date.now() + 600_000).toISOString() };

/** Sends a mail with further data, and returns its header by name, and its text. */
async function received(
  stage: string,
  data: Partial<NewMail['data']> = {},
  template = 'email/account_confirmation.html',
) {
  const mail = mailFrom(stage, `${randomUUID()}@example.org`, { template });
  await enqueue(app!, { ...mail, data: { ...mail.data, ...data } });
  const found = (): string | undefined => sink.mails.find(({ to }) => to === mail.recipient.address)?.source;
  await expect.poll(found, { timeout: 20_000 }).toBeDefined();
  const parsed = await simpleParser(found()!);
  const fields = new Map(parsed.headerLines.map(({ key, line }) => [key, line.slice(key.length + 2)]));
  return { fields, text: parsed.text ?? '', html: String(parsed.html) };
}

it('A mail has its code bound to the origin of the service, and the fields of the settings', async () => {
  app = await startTestApp({
    PUBLIC_URL: 'https://login.example.org:8443',
    EMAIL_REPLY_TO: 'Service Desk <desk@example.org>',
    EMAIL_FEEDBACK_ID: 'confirm:library:mails:example',
  });
  const stage = await createSendingStage(app, await sink.listen());
  const { fields, text, html } = await received(stage, code);
  expect(fields.get('reply-to')).toBe('Service Desk <desk@example.org>');
  expect(fields.get('feedback-id')).toBe('confirm:library:mails:example');
  const [, digits = ''] =
    /^"(\d{6})"; origin="https:\/\/login\.example\.org:8443"$/.exec(fields.get('otp-token') ?? '') ?? [];
  expect(text.trimEnd().split('\n').slice(-2)).toEqual(['', `@login.example.org #${digits}`]);
  expect(html).toContain(digits);

  const withoutCode = await received(stage);
  expect(withoutCode.fields.has('otp-token')).toBe(false);
  expect(withoutCode.text).not.toMatch(/^@/m);
  const expired = await received(stage, { ...code, codeExpires: new Date(0).toISOString() });
  expect(expired.fields.has('otp-token')).toBe(false);
  const hidden = await received(stage, code, 'email/password_changed.html');
  expect(hidden.fields.has('otp-token')).toBe(false);
});
