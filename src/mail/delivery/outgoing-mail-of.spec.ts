import { expect, it } from 'vitest';

import { readSettings } from '../../config/read-settings.js';
import type { DueMessage } from '../outbox/message-store.js';
import type { OutgoingMail } from '../transport/outgoing-mail.js';
import { outgoingMailOf } from './outgoing-mail-of.js';

/** Returns the mail with the code 482913 of a service at a URL. */
function mailAt(url: string, text = 'Enter 482913.', data: object = {}): OutgoingMail {
  const message = { pk: '1', recipientName: '', recipientAddress: 'ada@example.com', data } as unknown as DueMessage;
  const sender = { transports: [], from: { name: '', address: 'books@example.org' }, name: '' };
  const rendered = { subject: 'Confirm', html: '', text, locale: 'en', attachments: [], warnings: [] };
  return outgoingMailOf(message, sender, rendered, '482913', readSettings({ PUBLIC_URL: url }).settings);
}

it.each([
  ['https://login.example.org', '"482913"; origin="https://login.example.org"', '@login.example.org #482913'],
  ['http://localhost:9000', '"482913"; origin="http://localhost:9000"', '@localhost #482913'],
])('A code of %s is bound to its origin', (url, token, line) => {
  expect(mailAt(url)).toMatchObject({ headers: { 'OTP-Token': token }, text: `Enter 482913.\n\n${line}\n` });
});

it.each([
  ['http://login.example.org', 'Enter 482913.'],
  ['https://192.0.2.7', 'Enter 482913.'],
  ['https://[2001:db8::7]', 'Enter 482913.'],
  ['https://login.example.org', 'Open the link.'],
])('A code of %s in a mail "%s" is bound to nothing', (url, text) => {
  expect(mailAt(url, text)).toMatchObject({ headers: {}, text });
});

it('A code that is entered in an application is bound to the origin of the application, if that is known', () => {
  const service = 'https://login.example.org';
  const bound = mailAt(service, 'Enter 482913.', { codeOrigin: 'https://app.example.com' });
  expect(bound.headers).toEqual({ 'OTP-Token': '"482913"; origin="https://app.example.com"' });
  expect(mailAt(service, 'Enter 482913.', { codeOrigin: null }).headers).toEqual({});
});
