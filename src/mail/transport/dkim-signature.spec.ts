import { describe, expect, it } from 'vitest';

import { newSigner } from '../../../test/support/dkim.js';
import { compose } from './composition.js';
import { signMail } from './dkim-signature.js';

const domain = 'library.example';
const { keys, verify } = await newSigner(domain);
const date = new Date();

const passed = [
  ['pass', domain],
  ['pass', domain],
];

function mailOf(text: string, html = ''): Buffer {
  return compose({
    pk: '00000000-0000-4000-8000-000000000001',
    messageId: `1@${domain}`,
    from: { name: 'Bücherei', address: `books@${domain}` },
    to: { name: '', address: 'ada@example.com' },
    subject: 'Grüße',
    text,
    html,
    attachments: [],
    date,
  }).raw;
}

describe('A signature', () => {
  it.each([
    ['an empty body', mailOf('')],
    ['a body of line ends', mailOf('\n\n\n')],
    ['white space at the end of lines', mailOf('a \t\n b\t\n \n\t')],
    ['tabs and spaces', mailOf('a\t \t b    c')],
    ['other scripts', mailOf('Привет, 世界', '<p>مرحبا</p>')],
  ])('verifies %s', async (_, raw) => {
    expect(await verify(signMail(raw, keys, date))).toEqual(passed);
  });

  it('survives a relay that folds header fields and changes white space', async () => {
    const mail = signMail(mailOf('one  two\nthree\n'), keys, date).toString('latin1');
    const relayed = mail
      .replace('Subject: ', 'subject:\r\n\t ')
      .replace(/(To:.*)\r\n/, '$1   \r\n')
      .replace('one  two', 'one \t two  ')
      .concat('\r\n\r\n');
    expect(relayed).not.toBe(mail);
    expect(await verify(Buffer.from(`Received: from a by b\r\n${relayed}`, 'latin1'))).toEqual(passed);
  });

  it.each([
    ['a changed subject', (mail: string) => mail.replace('Subject: =', 'Subject: x=')],
    ['a changed body', (mail: string) => mail.replace('Open this', 'Open that')],
    ['a second From', (mail: string) => mail.replace('\r\nFrom: ', '\r\nFrom: evil@example.com\r\nFrom: ')],
  ])('does not survive %s', async (_, change) => {
    const mail = signMail(mailOf('Open this'), keys, date).toString('latin1');
    const changed = change(mail);
    expect(changed).not.toBe(mail);
    for (const [result] of await verify(Buffer.from(changed, 'latin1'))) expect(result).not.toBe('pass');
  });
});
