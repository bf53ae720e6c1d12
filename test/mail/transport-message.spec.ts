import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { OutgoingMail } from '../../src/mail/transport/mail-transports.js';
import { type CollectedMail, CollectingServer } from '../support/smtp/collecting-server.js';
import { ScriptedServer } from '../support/smtp/scripted-server.js';
import { outgoingMail, smtpSettings, startTransports, type TestTransports } from '../support/smtp/transports.js';

const logo = {
  cid: 'logo.png',
  filename: 'logo.png',
  contentType: 'image/png',
  content: Buffer.from('89504e470d0a1a0a', 'hex'),
};

let test: TestTransports;
let server: CollectingServer;
let recorder: ScriptedServer;

beforeAll(async () => {
  [test, server, recorder] = await Promise.all([
    startTransports(),
    CollectingServer.start(),
    ScriptedServer.start({ extensions: ['8BITMIME', 'SMTPUTF8', 'SIZE 1000000'] }),
  ]);
});
afterAll(async () => {
  await test.stop();
  await Promise.all([server.stop(), recorder.stop()]);
});
afterEach(() => {
  server.mails.length = 0;
  recorder.mails.length = 0;
  recorder.lines.length = 0;
});

/** Sends a mail and returns what the server received. */
async function sent(changes: Partial<OutgoingMail>): Promise<CollectedMail> {
  expect(await test.transports.send(smtpSettings(server.port), outgoingMail(changes))).toMatchObject({
    kind: 'accepted',
  });
  return server.mails.at(-1)!;
}

/** Sends a mail and returns the transmitted bytes without the random parts of boundaries. */
async function wire(changes: Partial<OutgoingMail>): Promise<string> {
  const outcome = await test.transports.send(smtpSettings(recorder.port), outgoingMail(changes));
  expect(outcome).toMatchObject({ kind: 'accepted', code: 250, reply: '2.0.0 taken as 4711' });
  return recorder.mails.at(-1)!.replaceAll(/NmP-[0-9a-f-]{36}/g, 'NmP');
}

/** Parses the MIME structure of a mail. */
function structure(raw: string): string {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  const [, type = '', parameters = ''] = /^Content-Type: ([^;\r]+)((?:[^\r]|\r\n )*)/im.exec(head) ?? [];
  const boundary = /boundary="([^"]+)"/.exec(parameters)?.[1];
  if (boundary === undefined) return type;
  const parts = raw.split(`--${boundary}`).slice(1, -1);
  return `${type}(${parts.map((part) => structure(part.replace(/^\r\n/, ''))).join(', ')})`;
}

describe('the bytes of a mail', () => {
  it('match the expected MIME message with HTML, text and an image', async () => {
    expect(await wire({ attachments: [logo] })).toBe(
      [
        'Auto-Submitted: auto-generated',
        'X-Auto-Response-Suppress: All',
        'From: The Service <service@example.org>',
        'To: Ada Lovelace <ada@example.com>',
        'Subject: Confirm your address',
        'Message-ID: <f3b1c5@example.org>',
        'Date: Sun, 01 Mar 2026 12:00:00 +0000',
        'MIME-Version: 1.0',
        'Content-Type: multipart/related; type="multipart/alternative";',
        ' boundary="--_NmP-Part_1"',
        '',
        '----_NmP-Part_1',
        'Content-Type: multipart/alternative;',
        ' boundary="--_NmP-Part_2"',
        '',
        '----_NmP-Part_2',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        'Hello',
        '----_NmP-Part_2',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        '<p>Hello</p>',
        '----_NmP-Part_2--',
        '----_NmP-Part_1',
        'Content-Type: image/png; name=logo.png',
        'Content-ID: <logo.png>',
        'Content-Transfer-Encoding: base64',
        'Content-Disposition: inline; filename=logo.png',
        '',
        'iVBORw0KGgo=',
        '----_NmP-Part_1--',
      ].join('\r\n'),
    );
    expect(recorder.commands().slice(-4)).toEqual([
      expect.stringMatching(/^EHLO /),
      `MAIL FROM:<service@example.org> SIZE=${recorder.mails.at(-1)!.length + '\r\n'.length}`,
      'RCPT TO:<ada@example.com>',
      'DATA',
    ]);
  });

  it('are the same for every attempt, so that receivers can detect duplicates', async () => {
    expect(await wire({})).toBe(await wire({}));
  });

  it('have stuffed dots and no bare CR or LF', async () => {
    const text = '.\r\n..\nRCPT TO:<eve@evil.example>\n.\r\nQUIT\r.\n.end';
    const mail = await wire({ html: undefined as never, text });
    expect(mail.split('\r\n\r\n')[1]).toBe('..\r\n...\r\nRCPT TO:<eve@evil.example>\r\n..\r\nQUIT\r\n..\r\n..end');
    expect(recorder.verbs()).not.toContain('QUIT');
    expect(recorder.verbs().filter((verb) => verb === 'RCPT')).toHaveLength(1);
  });

  it('keep lines below the limit for any content', async () => {
    const word = 'x'.repeat(400);
    const mail = await wire({
      subject: `ä ${'sübject '.repeat(100)}`,
      to: { name: `${word} ${word} ${word}`, address: 'ada@example.com' },
      html: `<p>${'long'.repeat(5000)}</p>`,
      text: 'länge'.repeat(5000),
      headers: { 'X-Words': `${word} ${word} ${word}` },
      attachments: [{ ...logo, filename: `${'ä'.repeat(300)}.png`, content: Buffer.alloc(10_000, 1) }],
    });
    expect(Math.max(...mail.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(mail).not.toMatch(/[^\r]\n|\r[^\n]/);
    expect(mail).toMatch(/^[\r\n\x20-\x7e]*$/);
  });
});

describe('the MIME structure', () => {
  it.each([
    [
      'related(alternative, images) with images',
      { attachments: [logo, { ...logo, cid: 'b' }] },
      'multipart/related(multipart/alternative(text/plain, text/html), image/png, image/png)',
    ],
    [
      'related(html, images) without a text',
      { text: '', html: 'Hello', attachments: [logo] },
      'multipart/related(text/html, image/png)',
    ],
    ['alternative without images', {}, 'multipart/alternative(text/plain, text/html)'],
    [
      'plain text without HTML, and then without images',
      { html: undefined as never, attachments: [logo] },
      'text/plain',
    ],
    ['the same with an empty HTML', { html: '', attachments: [logo] }, 'text/plain'],
  ])('is %s', async (_, changes, expected) => {
    const { raw, parsed } = await sent(changes);
    expect(structure(raw)).toBe(expected);
    expect(raw).toContain('Hello');
    expect(parsed.headers.has('x-mailer')).toBe(false);
  });

  it('resolves the image by its cid', async () => {
    const { parsed } = await sent({ html: '<img src="cid:logo.png">', attachments: [logo] });
    expect(parsed.attachments).toMatchObject([{ cid: 'logo.png', contentType: 'image/png', related: true }]);
    expect(parsed.attachments[0]!.content).toEqual(logo.content);
    expect(parsed.html).toContain('data:image/png;base64,');
  });
});

describe('internationalized text', () => {
  it.each([
    'Jürgen Groß',
    '山田太郎',
    'محمد',
    '😀 ok',
    'O’Hara "the" \\boss',
    'a'.repeat(400),
    'Ünï '.repeat(60).trim(),
  ])('is preserved in names and subjects: %.40s', async (value) => {
    const { raw, parsed } = await sent({
      from: { name: value, address: 'service@example.org' },
      to: { name: value, address: 'ada@example.com' },
      subject: value,
    });
    expect(parsed.subject).toBe(value);
    expect(parsed.from!.value).toEqual([{ name: value, address: 'service@example.org' }]);
    expect((parsed.to as { value: unknown }).value).toEqual([{ name: value, address: 'ada@example.com' }]);
    expect(raw.split('\r\n\r\n')[0]).toMatch(/^[\r\n\x20-\x7e]*$/);
  });

  it('is preserved in both bodies', async () => {
    const text = 'Grüße,\r\nمرحبا\r\n日本語 😀 = =3D';
    const { parsed } = await sent({ text, html: `<p>${text}</p>` });
    expect(parsed.text!.trim().replaceAll('\n', '\r\n')).toBe(text);
    expect(String(parsed.html).replaceAll('\n', '\r\n')).toContain(text);
  });

  it('in domains is sent as A-labels', async () => {
    const mail = await wire({
      from: { name: '', address: 'dienst@bücher.example' },
      to: { name: 'Ada', address: 'ada@例え.テスト' },
    });
    expect(recorder.commands()).toContainEqual(
      expect.stringMatching(/^MAIL FROM:<dienst@xn--bcher-kva\.example> SIZE=\d+$/),
    );
    expect(recorder.commands()).toContain('RCPT TO:<ada@xn--r8jz45g.xn--zckzah>');
    expect(mail).toContain('\r\nFrom: dienst@xn--bcher-kva.example\r\nTo: Ada <ada@xn--r8jz45g.xn--zckzah>\r\n');
  });
});

describe('a non-ASCII local part', () => {
  const to = { name: 'Jürgen', address: 'jürgen@bücher.example' };

  it('is sent to a server that offers SMTPUTF8', async () => {
    const { to: recipients, parsed } = await sent({ to });
    // The server decodes the domain.
    expect(recipients).toEqual(['jürgen@bücher.example']);
    expect(parsed.to).toMatchObject({ value: [{ name: 'Jürgen', address: 'jürgen@bücher.example' }] });
    await wire({ to });
    expect(recorder.commands().slice(-3)).toEqual([
      expect.stringMatching(/^MAIL FROM:<service@example\.org> SMTPUTF8 BODY=8BITMIME SIZE=\d+$/),
      Buffer.from('RCPT TO:<jürgen@xn--bcher-kva.example>').toString('latin1'),
      'DATA',
    ]);
  });

  it('is refused with a reason if the server does not offer it, and the next mail is sent over the same connection', async () => {
    const plain = await ScriptedServer.start({ extensions: ['8BITMIME'] });
    const settings = smtpSettings(plain.port);
    expect(await test.transports.send(settings, outgoingMail({ to }))).toMatchObject({
      kind: 'refused',
      reason: `The mail cannot be sent: localhost:${plain.port} takes no address with a non-ASCII local part (it does not offer SMTPUTF8).`,
    });
    expect(await test.transports.send(settings, outgoingMail())).toMatchObject({ kind: 'accepted' });
    expect(plain.connections).toBe(1);
    expect(plain.verbs()).toEqual(['EHLO', 'MAIL', 'RCPT', 'DATA']);
    await plain.stop();
  });
});

describe('the size of a mail', () => {
  it('above what the server takes is refused before the mail is sent', async () => {
    const small = await ScriptedServer.start({ extensions: ['SIZE 1000'] });
    const outcome = await test.transports.send(smtpSettings(small.port), outgoingMail({ text: 'long '.repeat(500) }));
    expect(outcome).toMatchObject({
      kind: 'refused',
      reason: 'The mail cannot be sent: Message size larger than allowed 1000',
    });
    expect(small.verbs()).toEqual(['EHLO']);
    await small.stop();
  });
});

describe('hostile values', () => {
  const names = [
    'Eve <eve@evil.example>',
    'Eve" <eve@evil.example>, "x',
    'friends: eve@evil.example;',
    'eve@evil.example, ada',
    '<a href="https://evil.example">click</a>',
    '=?utf-8?Q?unfinished =? ?=',
    '\\',
    '"',
    '(comment',
    '\u202emoc.elpmaxe@ada',
    '{{constructor}} {{password}} <%= process %>',
    '/etc/passwd',
  ];

  it.each(names)('are literal text: %j', async (value) => {
    const mail = await sent({
      from: { name: value, address: 'service@example.org' },
      to: { name: value, address: 'ada@example.com' },
      subject: value,
      headers: { 'X-Name': value },
      text: value,
      html: value,
    });
    expect(mail.to).toEqual(['ada@example.com']);
    expect(mail.from).toBe('service@example.org');
    expect(mail.parsed.to).toMatchObject({ value: [{ name: value, address: 'ada@example.com' }] });
    expect(mail.parsed.from).toMatchObject({ value: [{ name: value, address: 'service@example.org' }] });
    expect(mail.parsed.subject).toBe(value);
    expect(mail.parsed.text!.trim()).toBe(value);
    expect([...mail.parsed.headers.keys()].sort()).toEqual(
      [
        ...['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to', 'x-name'],
        'x-auto-response-suppress',
      ].sort(),
    );
  });

  it.each([
    [{ to: { name: '', address: 'ada@example.com>\r\nRCPT TO:<eve@evil.example' } }],
    [{ to: { name: '', address: 'ada@example.com, eve@evil.example' } }],
    [{ to: { name: '', address: '"eve@evil.example ada"@example.com' } }],
    [{ to: { name: '', address: 'friends: ada@example.com, eve@evil.example;' } }],
    [{ to: { name: '', address: 'ada@example.com (eve@evil.example)' } }],
    [{ to: { name: '', address: 'ada@bücher.example\r\nRCPT TO:<eve@evil.example>' } }],
    [{ to: { name: 'Ada\r\nBcc: eve@evil.example', address: 'ada@example.com' } }],
    [{ from: { name: '', address: 'service@example.org> SIZE=1\r\nRCPT TO:<eve@evil.example' } }],
    [{ from: { name: 'x\nBcc: eve@evil.example', address: 'service@example.org' } }],
    [{ subject: 'Hello\r\nBcc: eve@evil.example' }],
    [{ subject: 'Hello\u2028Bcc: eve@evil.example' }],
    [{ messageId: 'a@b>\r\nBcc: <eve@evil.example' }],
    [{ headers: { 'X-A\r\nBcc': 'eve@evil.example' } }],
    [{ headers: { 'X-A': 'b\0\r\nBcc: eve@evil.example' } }],
    [{ headers: { Bcc: 'eve@evil.example' } }],
    [{ attachments: [{ ...logo, cid: 'a>\r\nBcc: <eve@evil.example' }] }],
    [{ attachments: [{ ...logo, filename: 'a\r\nBcc: eve@evil.example' }] }],
  ])('are rejected before anything is sent: %j', async (changes) => {
    const outcome = await test.transports.send(smtpSettings(recorder.port), outgoingMail(changes));
    expect(outcome).toEqual({ kind: 'refused', reason: expect.stringMatching(/^The .*\.$/) });
    expect(recorder.lines).toEqual([]);
  });

  it.each(['host', 'username', 'password'] as const)('are rejected in the settings: %s', async (name) => {
    const settings = smtpSettings(recorder.port, {
      username: 'user',
      [name]: 'localhost\r\nMAIL FROM:<eve@evil.example>',
    });
    expect(await test.transports.send(settings, outgoingMail())).toEqual({
      kind: 'refused',
      reason: `The ${name} of the mail server contains a control character.`,
    });
    expect(await test.check.check(settings, 'service@example.org')).toMatchObject({
      ok: false,
      verdict: expect.stringContaining(name),
      steps: [],
    });
    expect(recorder.lines).toEqual([]);
  });
});
