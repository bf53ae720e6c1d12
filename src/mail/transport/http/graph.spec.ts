import { readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';

import { AuthorizationServer, clientSecret, expiredSecret } from '../../../../test/support/authorization-server.js';
import { graphFailure, graphReply } from '../../../../test/support/graph-api.js';
import {
  MailProviderServer,
  type ProviderCall,
  type ProviderReply,
} from '../../../../test/support/mail-provider-server.js';
import { fileOf } from '../../../../test/support/smtp/certificates.js';
import { outgoingMail } from '../../../../test/support/smtp/transports.js';
import { readSettings } from '../../../config/read-settings.js';
import type { DatabaseClock } from '../../../database/database-clock.js';
import { OutgoingNetworks } from '../../../outgoing/outgoing-networks.js';
import { MailProxy } from '../mail-proxy.js';
import type { MailTransport } from '../mail-transport.js';
import { TokenSources } from '../oauth/token-sources.js';
import { httpKind } from './http-kind.js';

const { settings } = readSettings({ EMAIL_TIMEOUT: '2' });
const stopping = new AbortController();
const clock = { now: () => Date.now(), date: () => new Date() } as DatabaseClock;
const sender = 'books@library.example';
const mail = outgoingMail({ from: { name: 'City Library', address: sender } });
let authorization: AuthorizationServer;
let host: string;
const rejected = new Set<string>();

function api(call: ProviderCall): ProviderReply {
  return graphReply(call, (token) => authorization.tokens.has(token) && !rejected.has(token), sender);
}

const server = new MailProviderServer(api);
beforeAll(async () => {
  host = await server.listen();
});
afterAll(() => server.close());
beforeEach(async () => {
  authorization = new AuthorizationServer();
  await authorization.listen();
  server.handle = api;
  server.calls.length = 0;
  rejected.clear();
});
afterEach(() => authorization.close());

const networks = new OutgoingNetworks([], '');
const direct = new MailProxy({ emailProxy: undefined });

function open(login = `4c1e:${clientSecret}`, parameters: Record<string, string> = {}): MailTransport {
  const query = new URLSearchParams({ token_url: authorization.url, endpoint: `http://${host}`, ...parameters });
  const read = httpKind.parse(`graph://${login}@library.example?${query.toString()}`, settings);
  return new httpKind.factory(clock, new TokenSources(clock, networks, direct), networks, direct).open(
    read,
    stopping.signal,
  );
}

it('Microsoft Graph gets the mail as MIME in base64, with a token of the application', async () => {
  expect(await open().send(mail)).toMatchObject({ kind: 'accepted', code: 202, reply: 'b0c2b1f4', server: host });
  const mime = Buffer.from(server.calls[0]?.body ?? '', 'base64').toString();
  expect(mime).toContain(`Message-ID: <${mail.messageId}>`);
  expect(authorization.requests[0]?.get('scope')).toBe(`http://${host}/.default`);
});

it('The application can prove itself with a certificate', async () => {
  const file = fileOf('oauth-client');
  expect(await open('4c1e', { key_file: file }).send(mail)).toMatchObject({ kind: 'accepted' });
  expect(await open('4c1e', { key: readFileSync(file, 'base64') }).send(mail)).toMatchObject({ kind: 'accepted' });
});

it('A rejected token is replaced once', async () => {
  const transport = open();
  await transport.send(mail);
  for (const token of authorization.tokens) rejected.add(token);
  expect(await transport.send(mail)).toMatchObject({ kind: 'accepted' });
  for (const token of authorization.tokens) rejected.add(token);
  expect(await transport.send(mail)).toMatchObject({ kind: 'deferred', code: 401 });
  expect(authorization.requests).toHaveLength(2);
});

it('A mail that can never be sent is refused', async () => {
  server.handle = () => graphFailure(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.');
  expect(await open().send(mail)).toMatchObject({ kind: 'refused', code: 400 });
});

it.each([
  ['ErrorAccessDenied', 403, 'Give the application the permission Mail.Send'],
  ['ErrorSendAsDenied', 403, 'The application may not send as this mailbox'],
  ['ErrorInvalidUser', 404, 'The sender must be a mailbox of the tenant.'],
  ['MailboxNotEnabledForRESTAPI', 404, 'The sender must be a mailbox in Exchange Online'],
])('%s defers the mail and says what to do, as the check does', async (code, status, advice) => {
  server.handle = () => graphFailure(status, code, 'Words.');
  expect(await open().send(mail)).toMatchObject({ kind: 'deferred', reason: expect.stringContaining(advice) });
  expect(await open().check(sender)).toMatchObject({ ok: false, verdict: expect.stringContaining(advice) });
});

it.each([429, 503])('Status %i defers the mail for as long as it says', async (status) => {
  server.handle = () => graphFailure(status, 'ApplicationThrottled', 'Too many.', { 'retry-after': '21' });
  expect(await open().send(mail)).toMatchObject({ kind: 'deferred', code: status, retryAfter: 21 });
});

it('A token that cannot be obtained defers the mail in words, without the secret', async () => {
  authorization.refusal = expiredSecret;
  const outcome = await open().send(mail);
  const reason = expect.stringMatching(
    /says that the client secret has expired: .*AADSTS7000222.* Create a new secret/,
  );
  expect(outcome).toMatchObject({ kind: 'deferred', unreachable: false, reason });
  expect(await open().check(sender)).toMatchObject({ ok: false, verdict: reason });
  expect(JSON.stringify(outcome)).not.toContain(clientSecret);
});

it('A check sends nothing and shows neither secret nor token', async () => {
  const report = await open().check(sender);
  expect(report).toMatchObject({ ok: true });
  expect(server.calls.map(({ body }) => body)).toEqual(['!']);
  for (const secret of [clientSecret, ...authorization.tokens]) expect(JSON.stringify(report)).not.toContain(secret);
});

it.each([
  ['graph://4c1e@library.example', 'needs client_secret, key_file or key'],
  ['graph://4c1e:x@library.example/path', 'must be graph://<client ID>:<secret>@<tenant>'],
  ['graph://4c1e:x@library.example?endpoint=http://graph.example', 'must have an https:// address as endpoint'],
])('%s is refused', (url, message) => {
  expect(() => httpKind.parse(url, settings)).toThrow(message);
});
