import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { toAsciiAddress } from '../../src/syntax/email-address.js';
import { cut, singleLine } from '../../src/templating/plain-text.js';
import { createEmailStage } from '../factories/email-stage.js';
import { messageOf } from '../support/mails.js';
import { runs } from '../support/runs.js';
import { CollectingServer } from '../support/smtp/collecting-server.js';
import { password } from '../support/smtp/transports.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let server: CollectingServer;
let stage: string;

beforeAll(async () => {
  server = await CollectingServer.start();
  app = await startTestApp();
  stage = (await createEmailStage(app.api, { host: '127.0.0.1', port: server.port })).pk;
});
afterAll(async () => {
  await app.stop();
  await server.stop();
});

describe('An email stage with an unsendable value', () => {
  it.each([
    ['subject', '=?utf-8?q?hi?=', 'The subject contains an encoded word (=?…?=).'],
    ['subject', 'Hi =?utf-8?q?a\u200bb\nc?= there', 'The subject contains an encoded word (=?…?=).'],
    ['from_address', '"ab"@example.org', 'The address of the sender has a quoted local part, which is not supported.'],
    ['from_address', 'City Library <books@library.example>', 'Enter a valid email address.'],
    ['host', 'mail.example.org:587', 'The host of the mail server is neither a host name nor an IP address. The port'],
    ['host', 'smtps://mail.example.org', 'The host of the mail server is neither a host name nor an IP address. The'],
    ['host', 'mail server', 'The host of the mail server is neither a host name nor an IP address. The port is a'],
    ['username', 'ada\nlovelace', 'The username of the mail server contains a control character.'],
    ['password', 'a\tb', 'The password of the mail server contains a control character.'],
  ])('answers 400 for %s: %j', async (field, value, problem) => {
    for (const answer of [
      await app.api.post('/stages/email/', { name: 'unsendable', [field]: value }),
      await app.api.patch(`/stages/email/${stage}/`, { [field]: value }),
    ]) {
      expect([answer.status, answer.body]).toEqual([400, { [field]: [expect.stringContaining(problem)] }]);
    }
  });
});

describe('A recipient of a test mail', () => {
  it('with a quoted local part answers 400', async () => {
    const { status, body } = await app.api.post(`/stages/email/${stage}/test/`, { to: '"ab"@example.org' });
    expect([status, body]).toEqual([400, { to: [expect.stringContaining('has a quoted local part')] }]);
  });
});

describe('An email stage', () => {
  const pieces = [
    'a',
    'Ü',
    ' ',
    '  ',
    '=?',
    'utf-8',
    '?q?',
    '?=',
    '\r\n',
    '\t',
    '\u200b',
    '\u202e',
    '"',
    '<',
    '>',
    ',',
    ';',
  ];
  const text = fc.string({ unit: fc.constantFrom(...pieces, '你', '👩‍🚀', ':', '\\', '.', '%'), maxLength: 40 });
  const local = fc.constantFrom('a', 'a.b', "o'hara+x=y", '"ab"', 'ü', 'a b', 'a'.repeat(64));
  const domain = fc.constantFrom(
    ...['example.org', 'bücher.example', 'localhost', '[192.0.2.1]', '[2001:db8::1]', 'example', 'a_b.org'],
    `${'b.'.repeat(90)}com`,
  );
  const fields = fc.record({
    subject: fc.oneof(
      text,
      fc.constant('x'.repeat(1200)),
      fc.constant('word '.repeat(300)),
      fc.constant('ü'.repeat(249)),
    ),
    from_address: fc.tuple(local, domain).map((parts) => parts.join('@')),
    username: fc.oneof(fc.constant(''), text),
    password: fc.constant(password),
    host: fc.constantFrom('127.0.0.1', 'localhost', 'LOCALHOST', '127.0.0.1:25', ''),
  });

  const plain = { subject: 'Hi', from_address: 'a@example.org', username: '', password, host: '127.0.0.1' };
  /** Values that are accepted. */
  const examples = [
    plain,
    { ...plain, subject: '' },
    { ...plain, subject: 'word '.repeat(300), username: 'ü' },
    { ...plain, subject: 'ü'.repeat(249), host: 'LOCALHOST' },
    { ...plain, from_address: "o'hara+x=y@bücher.example", subject: ' \u200b你' },
    { ...plain, from_address: 'a.b@[2001:db8::1]', host: 'localhost' },
  ];

  it('sends mails with all accepted values', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fields, async (values) => {
        const { status, body } = await app.api.patch(`/stages/email/${stage}/`, values);
        if (status !== 200) return;
        accepted += 1;
        const mail = { to: 'reader@example.org', template: 'email/password_reset.html' };
        const test = await app.api.post(`/stages/email/${stage}/test/`, mail);
        expect(test.status, JSON.stringify(test.body)).toBe(202);
        const state = async (): Promise<string> => (await messageOf(app, test.body.message)).state;
        await expect.poll(state, { timeout: 20_000, interval: 10 }).toMatch(/sent|failed|retrying/);
        const { reason } = await messageOf(app, test.body.message);
        expect([await state(), reason]).toEqual(['sent', '']);
        const { parsed, from } = server.mails.at(-1)!;
        // The server writes domain names in Unicode.
        expect(toAsciiAddress(from)).toBe(toAsciiAddress(body.from_address));
        const { address = '', name } = parsed.from!.value[0]!;
        // The parser writes domain names in Unicode, and the tag of IPv6 addresses in lower case.
        const sender = toAsciiAddress(body.from_address).replace('IPv6', 'ipv6');
        expect([toAsciiAddress(address), name]).toEqual([sender, 'email-stage']);
        const subject = cut(singleLine(body.subject), 250);
        expect(parsed.subject).toBe(subject === '' ? 'Reset your password – email-stage' : subject);
      }),
      { examples: examples.map((example) => [example]), numRuns: runs(18, 500) },
    );
    expect(accepted).toBeGreaterThanOrEqual(examples.length);
  });
});
