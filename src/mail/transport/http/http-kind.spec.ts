import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { apiKey, providerApis } from '../../../../test/support/mail-provider-apis.js';
import { MailProviderServer, type ProviderCall } from '../../../../test/support/mail-provider-server.js';
import { readSettings } from '../../../config/read-settings.js';
import type { DatabaseClock } from '../../../database/database-clock.js';
import { OutgoingNetworks } from '../../../outgoing/outgoing-networks.js';
import { MailProxy } from '../mail-proxy.js';
import type { MailTransport } from '../mail-transport.js';
import { TokenSources } from '../oauth/token-sources.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import { httpKind } from './http-kind.js';

const { settings } = readSettings({ EMAIL_TIMEOUT: '1' });
const wrong = `whsec_${Buffer.from('another secret of 24 bytes').toString('base64')}`;
const stopping = new AbortController();
const clock = { now: () => 1_795_946_400_000, date: () => new Date() };
const mail: OutgoingMail = {
  pk: '5d6f1a3e-41c7-4f0a-9d0c-1f2e3d4c5b6a',
  messageId: '5d6f1a3e-41c7-4f0a-9d0c-1f2e3d4c5b6a@library.example',
  from: { name: 'City "Library"', address: 'books@library.example' },
  to: { name: '', address: 'ada@example.com' },
  replyTo: { name: 'Desk', address: 'desk@library.example' },
  subject: 'Confirm your address',
  text: 'Open https://library.example/?token=1',
  html: '<p><img src="cid:logo">Open</p>',
  attachments: [{ cid: 'logo', filename: 'logo.png', contentType: 'image/png', content: Buffer.from('PNG') }],
  date: new Date('2026-11-29T10:00:00Z'),
  headers: { 'OTP-Token': '"482913"; origin="https://library.example"', 'Feedback-ID': 'confirm:library' },
};

let host: string;
const server = new MailProviderServer(() => ({ status: 500 }));
beforeAll(async () => {
  host = await server.listen();
});
afterAll(() => server.close());
beforeEach(() => {
  server.calls.length = 0;
});

const networks = new OutgoingNetworks([], '');
const direct = new MailProxy({ emailProxy: undefined });

function factory(): InstanceType<typeof httpKind.factory> {
  return new httpKind.factory(clock, new TokenSources(clock as DatabaseClock, networks, direct), networks, direct);
}

function open(name: string, key = apiKey): MailTransport {
  const secret = encodeURIComponent(key);
  const { username = name === 'https' ? '' : undefined, query = '' } = providerApis[name] ?? {};
  const url = `${name}://${username === undefined ? secret : `${username}:${secret}`}@${host}/${query}`;
  return factory().open(
    httpKind.parse(name === 'https' ? url : url.replace(`${host}/`, host), settings),
    stopping.signal,
  );
}

const names = Object.keys(providerApis);

describe.each(names)('%s', (name) => {
  const { api, refusal, setup } = providerApis[name] ?? {
    api: () => ({ status: 500 }),
    refusal: { status: 500 },
    setup: { status: 500 },
  };
  beforeEach(() => {
    server.handle = api;
  });

  it('accepts a mail, and the outcome has its identifier', async () => {
    const outcome = await open(name).send(mail);
    expect(outcome).toMatchObject({ kind: 'accepted', server: host, tls: null });
    expect((outcome as { providerMessageId?: string }).providerMessageId).toMatch(/^\S{5,}$/);
  });

  it('gets every part of the mail, Message-ID, Reply-To and further header fields', async () => {
    await open(name).send(mail);
    const sent = wholeMail(server.calls[0]);
    const parts = [mail.messageId, 'books@library.example', 'ada@example.com', 'Confirm your address', 'token=1'];
    for (const part of ['desk@library.example', 'OTP-Token', '482913', 'confirm:library']) expect(sent).toContain(part);
    expect(sent).toMatch(/reply-?_?to/i);
    for (const part of [...parts, 'cid:logo', Buffer.from('PNG').toString('base64')]) expect(sent).toContain(part);
  });

  it('refuses a mail that can never be sent', async () => {
    server.handle = () => refusal;
    const { status } = refusal;
    const reason = `${host} refuses the mail with status ${status}.`;
    expect(await open(name).send(mail)).toMatchObject({ kind: 'refused', code: status, reason });
  });

  it('defers a mail until an administrator has set up the account', async () => {
    server.handle = () => setup;
    expect(await open(name).send(mail)).toMatchObject({ kind: 'deferred', code: setup.status });
  });

  it('defers a mail with a wrong key, and names the key as the cause, without showing it', async () => {
    const outcome = await open(name, wrong).send(mail);
    const advice = 'Check the API key and what it may do.';
    expect(outcome).toMatchObject({ kind: 'deferred', reason: expect.stringContaining(advice) });
    expect(JSON.stringify(outcome)).not.toContain(wrong);
  });

  it('waits as long as it says when there are too many requests', async () => {
    server.handle = () => ({ status: 429, headers: { 'retry-after': '17' } });
    expect(await open(name).send(mail)).toMatchObject({ kind: 'deferred', unreachable: false, retryAfter: 17 });
  });

  it('counts a fault of the provider for every mail', async () => {
    server.handle = () => ({ status: 500, body: 'Internal error' });
    expect(await open(name).send(mail)).toMatchObject({ kind: 'deferred', unreachable: true, code: 500 });
  });

  it('is doubtful after a lost response, and not after 503', async () => {
    server.handle = () => 'closed';
    expect(await open(name).send(mail)).toMatchObject({ kind: 'deferred', unreachable: true, isDoubtful: true });
    server.handle = () => ({ status: 503 });
    expect(await open(name).send(mail)).toMatchObject({ kind: 'deferred', unreachable: true, isDoubtful: false });
  });

  it('is checked without sending a mail', async () => {
    const report = await open(name).check('books@library.example');
    expect(report).toMatchObject({ ok: true, verdict: `${host} accepts the API key.` });
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.body).not.toContain('ada@example.com');
    const refused = await open(name, wrong).check('books@library.example');
    expect(refused.ok).toBe(false);
    expect(refused.verdict).toContain('Check the API key');
    expect(JSON.stringify([report, refused])).not.toContain(apiKey);
  });
});

it('A repeated mail has the same idempotency key, and one that the provider knows counts as accepted', async () => {
  server.handle = providerApis['resend']?.api ?? server.handle;
  await open('resend').send(mail);
  await open('resend').send(mail);
  expect(server.calls.map(({ headers }) => headers['idempotency-key'])).toEqual([mail.pk, mail.pk]);
  server.handle = () => ({ status: 409, body: { name: 'invalid_idempotent_request', message: 'Another payload.' } });
  expect(await open('resend').send(mail)).toMatchObject({ kind: 'accepted', code: 409 });
  server.handle = () => ({ status: 409, body: { name: 'concurrent_idempotent_requests', message: 'In progress.' } });
  expect(await open('resend').send(mail)).toMatchObject({ kind: 'deferred', code: 409 });
});

it.each([
  ['MailFromDomainNotVerifiedException', 400],
  ['AccountSuspendedException', 400],
  ['SendingPausedException', 400],
  ['LimitExceededException', 400],
  ['NotFoundException', 404],
  ['TooManyRequestsException', 429],
])('Amazon SES with %s defers a mail, and the attempt quotes it', async (error, status) => {
  server.handle = () => ({ status, headers: { 'x-amzn-errortype': `${error}:` }, body: { message: 'Words.' } });
  const outcome = await open('ses+api').send(mail);
  expect(outcome).toMatchObject({ kind: 'deferred', code: status, unreachable: false, reply: `${error}: Words.` });
});

it('Amazon SES is checked with a key that can only send mails, and for an account that may not send', async () => {
  const message = 'User: arn:aws:iam::1:user/mail is not authorized to perform: ses:GetAccount';
  server.handle = () => ({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' }, body: { message } });
  expect(await open('ses+api').check(mail.from.address)).toMatchObject({ ok: true });
  server.handle = () => ({ status: 200, body: { SendingEnabled: false } });
  const verdict = expect.stringContaining('Sending is paused or suspended for the account.');
  expect(await open('ses+api').check(mail.from.address)).toMatchObject({ ok: false, verdict });
});

describe('A provider', () => {
  it('cannot delay a mail longer than the timeout', async () => {
    server.handle = () => 'silent';
    const reason = `${host} did not answer within 1 s. It may have accepted the mail.`;
    expect(await open('postmark').send(mail)).toMatchObject({ kind: 'deferred', reason });
  });

  it('cannot fill the memory with a response', async () => {
    server.handle = () => ({ status: 200, body: 'x'.repeat(100_000) });
    const outcome = await open('sendgrid').send(mail);
    expect(outcome).toMatchObject({ kind: 'deferred', reason: expect.stringContaining('is longer than 64 kB') });
  });

  it('that is not there is unreachable, and has not got the mail', async () => {
    const settingsOf = httpKind.parse('resend://key@127.0.0.1:1', settings);
    const outcome = await factory().open(settingsOf, stopping.signal).send(mail);
    expect(outcome).toMatchObject({
      kind: 'deferred',
      unreachable: true,
      isDoubtful: false,
      reason: 'The request to 127.0.0.1:1 failed: ECONNREFUSED.',
    });
  });
});

describe('EMAIL_URL', () => {
  it.each([
    ['resend://re_123@default', 'https://api.resend.com/'],
    ['postmark://token@default?stream=outbound', 'https://api.postmarkapp.com/'],
    ['sendgrid://SG.a.b@api.eu.sendgrid.com', 'https://api.eu.sendgrid.com/'],
    ['ses+api://AKID:key@default?region=eu-west-1', 'https://email.eu-west-1.amazonaws.com/'],
    ['mailgun://key@api.eu.mailgun.net?domain=mg.example.org', 'https://api.eu.mailgun.net/'],
    [`https://:${encodeURIComponent(apiKey)}@mail.example.org/send`, 'https://mail.example.org/send'],
  ])('%s leads to %s', (url, endpoint) => {
    const read = httpKind.parse(url, settings);
    expect([read.endpoint, httpKind.problem(read)]).toEqual([endpoint, undefined]);
  });

  it.each([
    ['resend://default', 'has no API key; write it as resend://<API key>@default'],
    ['resend://a:b@default', 'must be resend://<API key>@default'],
    ['resend://a@default?domain=b', 'has the unknown parameter "domain"; known: none'],
    ['ses+api://AKID@default?region=eu-west-1', 'has no API key; write it as ses+api://<key ID>:<secret>@default'],
    ['https://mail.example.org/send', 'has no API key; write it as https://:<secret>@host/path'],
  ])('%s is refused', (url, message) => {
    expect(() => httpKind.parse(url, settings)).toThrow(message);
  });

  it.each([
    ['ses+api://AKID:key@default', 'needs ?region= with a region such as eu-west-1.'],
    ['ses+api://AKID:key@default?region=evil.example/', 'needs ?region= with'],
    ['mailgun://key@default', 'needs ?domain= with the domain at Mailgun.'],
    ['https://:secret@mail.example.org/send', 'needs a secret as the password of the URL, which must be whsec_'],
  ])('%s cannot be used', (url, problem) => {
    expect(httpKind.problem(httpKind.parse(url, settings))).toContain(problem);
  });
});

/** Returns the mail in a request as one text, with the parts of MIME and JSON decoded. */
function wholeMail({ body, headers }: ProviderCall = { method: '', path: '', headers: {}, body: '' }): string {
  const isJson = headers['content-type'] === 'application/json';
  const { data, Content } = (isJson ? JSON.parse(body) : {}) as {
    data?: { raw: string };
    Content?: { Raw: { Data: string } };
  };
  const raw = Buffer.from(data?.raw ?? Content?.Raw.Data ?? '', 'base64').toString();
  return [body, raw].join('\n').replaceAll('=\r\n', '').replaceAll('=3D', '=');
}
