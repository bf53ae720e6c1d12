import { describe, expect, it } from 'vitest';

import type { OutgoingMail } from './outgoing-mail.js';
import { addressOnTheWire, hostOnTheWire, reasonToRefuseMail, reasonToRefuseSettings } from './refusals.js';
import type { SmtpSettings } from './smtp-settings.js';

const settings: SmtpSettings = {
  host: 'mail.example.org',
  port: 587,
  username: 'user',
  password: 'secret',
  useTls: true,
  useSsl: false,
  timeout: 10,
};

const mail: OutgoingMail = {
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

describe('reasonToRefuseSettings', () => {
  it.each([
    {},
    { host: '127.0.0.1' },
    { host: '::1' },
    { host: '[2001:db8::1]' },
    { host: 'post.müller.example' },
    { host: 'mail_pit' },
    { useTls: false, useSsl: true },
    { timeout: 0.5 },
    { username: 'jürgen', password: 'pässwörd 🔑' },
  ])('has nothing against %o', (changes) => {
    expect(reasonToRefuseSettings({ ...settings, ...changes })).toBeUndefined();
  });

  it.each(controls)('refuses %j in host, user name and password, and says in which', (control) => {
    for (const name of ['host', 'username', 'password'] as const) {
      const reason = reasonToRefuseSettings({ ...settings, [name]: `a${control}RCPT TO:<eve@evil.example>` });
      expect(reason).toBe(`The ${name} of the mail server holds a control character.`);
    }
  });

  it('never repeats the password', () => {
    expect(reasonToRefuseSettings({ ...settings, password: 'hunter2\n' })).not.toContain('hunter2');
  });

  it.each([
    [{ host: '' }, 'No host is set'],
    [{ host: '  ' }, 'No host is set'],
    [{ host: 'mail.example.org:25' }, 'neither a host name nor an IP address'],
    [{ host: 'smtp://mail.example.org' }, 'neither a host name nor an IP address'],
    [{ host: 'mail example org' }, 'neither a host name nor an IP address'],
    [{ host: 'müller.example/path' }, 'neither a host name nor an IP address'],
    [{ host: 'mail..example.org' }, 'neither a host name nor an IP address'],
    [{ port: 0 }, 'must be 1 to 65535'],
    [{ port: 65_536 }, 'must be 1 to 65535'],
    [{ port: 25.5 }, 'must be 1 to 65535'],
    [{ timeout: 0 }, 'must be more than 0'],
    [{ timeout: -1 }, 'must be more than 0'],
    [{ timeout: Number.NaN }, 'must be more than 0'],
    [{ useSsl: true }, 'Both use_tls and use_ssl are set'],
  ])('refuses %o', (changes, reason) => {
    expect(reasonToRefuseSettings({ ...settings, ...changes })).toContain(reason);
  });
});

describe('reasonToRefuseMail', () => {
  it.each([
    'ada@example.com',
    "o'hara+tag=x!#$%&*/?^_`{|}~@example.com",
    'root@localhost',
    'ada@[192.0.2.1]',
    'ada@müller.example',
    'ada@例え.テスト',
    `${'a'.repeat(64)}@${'b.'.repeat(93)}com`,
  ])('lets %s pass', (address) => {
    expect(reasonToRefuseMail({ ...mail, to: { name: '', address } })).toBeUndefined();
  });

  it.each([
    ['', 'There is no address'],
    ['ada', 'not one valid email address'],
    ['ada@example.com, eve@evil.example', 'not one valid email address'],
    ['ada@example.com,eve@evil.example', 'not one valid email address'],
    ['ada@example.com;eve@evil.example', 'not one valid email address'],
    ['ada@example.com eve@evil.example', 'not one valid email address'],
    ['friends: ada@example.com, eve@evil.example;', 'not one valid email address'],
    ['Ada <ada@example.com>', 'not one valid email address'],
    ['<ada@example.com>', 'not one valid email address'],
    ['ada@example.com> RCPT TO:<eve@evil.example', 'not one valid email address'],
    ['ada(comment)@example.com', 'not one valid email address'],
    ['ada@example.com(comment)', 'not one valid email address'],
    ['ada@eve@example.com', 'not one valid email address'],
    ['@evil.example:ada@example.com', 'not one valid email address'],
    ['ada@example.com ', 'not one valid email address'],
    ['ada@müller.example/x', 'not one valid email address'],
    ['ada@müller.example#.evil.example', 'not one valid email address'],
    ['"eve@evil.example ada"@example.com', 'quoted part'],
    ['"ada"@example.com', 'quoted part'],
    ['jürgen@example.com', 'SMTPUTF8'],
    [`${'a'.repeat(64)}@${'b.'.repeat(94)}com`, 'longer than 254'],
    [`ada@${'äöü.äß.'.repeat(20)}example`, 'longer than 254'],
  ])('refuses %j as the address of either side', (address, reason) => {
    expect(reasonToRefuseMail({ ...mail, to: { name: '', address } })).toContain(reason);
    expect(reasonToRefuseMail({ ...mail, from: { name: '', address } })).toContain(reason);
  });

  it.each(controls)('refuses %j wherever it stands', (control) => {
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
      expect(reasonToRefuseMail({ ...mail, ...changes }), JSON.stringify(changes)).toBeTypeOf('string');
  });

  it.each(['To', 'bcc', 'Subject', 'Message-ID', 'Content-Type', 'Auto-Submitted', 'Resent-To'])(
    'refuses a header field of its own: %s',
    (name) => {
      expect(reasonToRefuseMail({ ...mail, headers: { [name]: 'x' } })).toContain('cannot be set');
    },
  );

  it.each(['=?utf-8?Q?=0D=0ABcc:_eve@evil.example?=', 'Hi =?UTF-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?= there'])(
    'refuses text that a reader would decode: %s',
    (value) => {
      expect(reasonToRefuseMail({ ...mail, subject: value })).toContain('an encoded word');
      expect(reasonToRefuseMail({ ...mail, to: { ...mail.to, name: value } })).toContain('an encoded word');
    },
  );

  it('refuses words that no line can hold', () => {
    expect(reasonToRefuseMail({ ...mail, subject: 'a'.repeat(501) })).toContain('more than 500 characters');
    expect(reasonToRefuseMail({ ...mail, subject: 'word '.repeat(500) })).toBeUndefined();
  });

  it('refuses a date that is none', () => {
    expect(reasonToRefuseMail({ ...mail, date: new Date(Number.NaN) })).toBe('The date is not valid.');
  });
});

describe('the wire', () => {
  it('sees domains in ASCII', () => {
    expect(addressOnTheWire('ada@Müller.example')).toBe('ada@xn--mller-kva.example');
    expect(addressOnTheWire('Ada@Example.COM')).toBe('Ada@Example.COM');
    expect(hostOnTheWire('post.müller.example')).toBe('post.xn--mller-kva.example');
  });

  it('sees addresses without brackets', () => {
    expect(hostOnTheWire('[::1]')).toBe('::1');
  });
});
