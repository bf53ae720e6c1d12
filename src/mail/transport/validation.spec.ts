import { describe, expect, it } from 'vitest';

import type { OutgoingMail } from './outgoing-mail.js';
import { mailProblem } from './validation.js';

const mail: OutgoingMail = {
  pk: '7f3c1d52-0000-4000-8000-000000000000',
  messageId: 'a@example.org',
  from: { name: 'Service', address: 'service@example.org' },
  to: { name: 'Ada', address: 'ada@example.com' },
  subject: 'Hello',
  text: 'Hello',
  attachments: [],
  date: new Date(0),
};

const image = { cid: 'logo.png', filename: 'logo.png', contentType: 'image/png', content: Buffer.alloc(1) };

const controls = ['\r\n', '\n', '\r', '\0', '\t', '\x1b', '\x7f', '\u0085', '\u2028', '\u2029'];

describe('mailProblem', () => {
  it.each([
    'ada@example.com',
    "o'hara+tag=x!#$%&*/?^_`{|}~@example.com",
    'root@localhost',
    'ada@[192.0.2.1]',
    'ada@müller.example',
    'ada@例え.テスト',
    `${'a'.repeat(64)}@${'b.'.repeat(93)}com`,
  ])('accepts the address %s', (address) => {
    expect(mailProblem({ ...mail, to: { name: '', address } })).toBeUndefined();
  });

  it.each([
    ['', 'has no address'],
    ['ada', 'not a single valid email address'],
    ['ada@example.com, eve@evil.example', 'not a single valid email address'],
    ['ada@example.com,eve@evil.example', 'not a single valid email address'],
    ['ada@example.com;eve@evil.example', 'not a single valid email address'],
    ['ada@example.com eve@evil.example', 'not a single valid email address'],
    ['friends: ada@example.com, eve@evil.example;', 'not a single valid email address'],
    ['Ada <ada@example.com>', 'not a single valid email address'],
    ['<ada@example.com>', 'not a single valid email address'],
    ['ada@example.com> RCPT TO:<eve@evil.example', 'not a single valid email address'],
    ['ada(comment)@example.com', 'not a single valid email address'],
    ['ada@example.com(comment)', 'not a single valid email address'],
    ['ada@eve@example.com', 'not a single valid email address'],
    ['@evil.example:ada@example.com', 'not a single valid email address'],
    ['ada@example.com ', 'not a single valid email address'],
    ['ada@müller.example/x', 'not a single valid email address'],
    ['ada@müller.example#.evil.example', 'not a single valid email address'],
    ['"eve@evil.example ada"@example.com', 'quoted local part'],
    ['"ada"@example.com', 'quoted local part'],
    [`${'a'.repeat(64)}@${'b.'.repeat(94)}com`, 'longer than 254'],
    [`ada@${'äöü.äß.'.repeat(20)}example`, 'longer than 254'],
  ])('rejects %j as the address of sender and recipient', (address, reason) => {
    expect(mailProblem({ ...mail, to: { name: '', address } })).toContain(reason);
    expect(mailProblem({ ...mail, from: { name: '', address } })).toContain(reason);
  });

  it('accepts a non-ASCII local part of a recipient, and rejects that of a sender', () => {
    const address = { name: '', address: 'jürgen@example.com' };
    expect(mailProblem({ ...mail, to: address })).toBeUndefined();
    expect(mailProblem({ ...mail, from: address })).toContain('SMTPUTF8');
  });

  it.each(['ju\u202ergen', 'jürgen ', 'jü\u200brgen', 'jü@rgen', 'jürgen>', '"jürgen"', '.jürgen', 'ü'.repeat(130)])(
    'rejects the local part %j of a recipient',
    (local) => {
      expect(mailProblem({ ...mail, to: { name: '', address: `${local}@example.com` } })).toContain('The address of');
    },
  );

  it.each(controls)('rejects %j in every value', (control) => {
    const value = `a${control}b`;
    const hostile: Partial<OutgoingMail>[] = [
      { to: { name: '', address: `a${control}@example.com` } },
      { to: { name: '', address: `ada@exämple.com${control}RCPT` } },
      { from: { name: value, address: 'service@example.org' } },
      { to: { name: value, address: 'ada@example.com' } },
      { subject: value },
      { messageId: `${value}@example.org` },
      { headers: { 'X-Stage': value } },
      { headers: { [`X-${value}`]: 'x' } },
      { attachments: [{ ...image, cid: value }] },
      { attachments: [{ ...image, filename: value }] },
      { attachments: [{ ...image, contentType: `image/${value}` }] },
    ];
    for (const changes of hostile)
      expect(mailProblem({ ...mail, ...changes }), JSON.stringify(changes)).toBeTypeOf('string');
  });

  it.each(['To', 'bcc', 'Subject', 'Message-ID', 'Content-Type', 'Auto-Submitted', 'Resent-To'])(
    'rejects the reserved header field %s',
    (name) => {
      expect(mailProblem({ ...mail, headers: { [name]: 'x' } })).toContain('is reserved');
    },
  );

  it.each(['=?utf-8?Q?=0D=0ABcc:_eve@evil.example?=', 'Hi =?UTF-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?= there'])(
    'rejects literal encoded words: %s',
    (value) => {
      expect(mailProblem({ ...mail, subject: value })).toContain('an encoded word');
      expect(mailProblem({ ...mail, to: { ...mail.to, name: value } })).toContain('an encoded word');
    },
  );

  it('rejects words that are too long for a header line', () => {
    expect(mailProblem({ ...mail, subject: 'a'.repeat(501) })).toContain('more than 500 characters');
    expect(mailProblem({ ...mail, subject: 'word '.repeat(500) })).toBeUndefined();
  });

  it('rejects an invalid date', () => {
    expect(mailProblem({ ...mail, date: new Date(Number.NaN) })).toBe('The date is invalid.');
  });
});
