import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { NamedTransportDto, NamedTransportRequestDto } from '../../src/mail/transports/dto/named-transport.dto.js';
import { allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { importFile } from '../factories/blueprint.js';
import { created } from '../factories/created.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { AuthorizationServer } from '../support/authorization-server.js';
import { apiKey, providerApis } from '../support/mail-provider-apis.js';
import { MailProviderServer } from '../support/mail-provider-server.js';
import { enqueue, mailFrom, messageOf } from '../support/mails.js';
import { credentials } from '../support/smtp/certificates.js';
import { CollectingServer } from '../support/smtp/collecting-server.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

let app: TestApp;
/** A second worker on the same database. */
let other: TestApp;
let port: number;
let elsewhere: number;
const sink = new SmtpSink();
const another = new SmtpSink();
beforeAll(async () => {
  [port, elsewhere] = [await sink.listen(), await another.listen()];
  const database = await createTestDatabase();
  other = await startTestApp({}, { ...database, drop: () => Promise.resolve() });
  app = await startTestApp({}, database);
});
afterAll(async () => {
  await other.stop();
  await app.stop();
  await sink.close();
  await another.close();
});

function createTransport(fields: Partial<NamedTransportRequestDto> = {}): Promise<NamedTransportDto> {
  const url = `smtp://127.0.0.1:${port}`;
  return created(app.api.post('/mail/transports/', { name: `transport-${randomUUID()}`, url, ...fields }));
}

const state = (pk: string): Promise<string> => messageOf(app, pk).then((message) => message.state);

/** Sends a test mail of a stage. @returns its message, when it has this state */
async function testMail(stage: string, expected = 'sent'): Promise<{ pk: string; to: string }> {
  const to = `${randomUUID()}@example.com`;
  const { body } = await app.api.post(`/stages/email/${stage}/test/`, { to });
  await expect.poll(() => state(body.message), { timeout: 20_000 }).toBe(expected);
  return { pk: body.message, to };
}

describe('The mails of a stage with a transport', () => {
  it('go through it, from its sender, and their attempts name it', async () => {
    const transport = await createTransport({ from_address: 'newsroom@library.example' });
    // Neither its own server nor the global settings count.
    const stage = await createEmailStage(app.api, {
      transport: transport.pk,
      use_global_settings: true,
      host: 'h.invalid',
    });
    expect(stage.transport).toBe(transport.pk);
    const { pk, to } = await testMail(stage.pk);
    expect(sink.mails.find((mail) => mail.to === to)?.from).toBe('newsroom@library.example');
    const { body } = await app.api.get(`/mail/messages/${pk}/`);
    expect(body.from_address).toBe('newsroom@library.example');
    expect(body.timeline).toMatchObject([{ outcome: 'accepted', provider: 'smtp', transport: transport.name }]);
  });

  it('come from the sender of the stage if it has one', async () => {
    const { pk: transport } = await createTransport({ from_address: 'newsroom@library.example' });
    const stage = await createEmailStage(app.api, { transport, from_address: 'own@library.example' });
    const { to } = await testMail(stage.pk);
    expect(sink.mails.find((mail) => mail.to === to)?.from).toBe('own@library.example');
  });

  it('go where it leads when they are sent, although they waited while it led elsewhere', async () => {
    const { pk: transport } = await createTransport({ url: 'smtp://127.0.0.1:1' });
    const stage = await createEmailStage(app.api, { transport });
    const { pk, to } = await testMail(stage.pk, 'retrying');
    await app.api.patch(`/mail/transports/${transport}/`, { url: `smtp://127.0.0.1:${elsewhere}` });
    await app.api.post(`/mail/messages/${pk}/requeue/`, {});
    await expect.poll(() => another.mails.some((mail) => mail.to === to), { timeout: 20_000 }).toBe(true);
  });

  it('go through the server of the stage after the transport is deleted', async () => {
    const { pk: transport } = await createTransport({ url: 'smtp://127.0.0.1:1' });
    const stage = await createEmailStage(app.api, { transport, host: '127.0.0.1', port });
    expect((await app.api.get(`/mail/transports/${transport}/used_by/`)).body).toEqual([
      {
        app: 'authentik_stages_email',
        model_name: 'emailstage',
        pk: stage.pk,
        name: expect.any(String),
        action: 'set_null',
      },
    ]);
    expect((await app.api.delete(`/mail/transports/${transport}/`)).status).toBe(204);
    expect((await app.api.get(`/stages/email/${stage.pk}/`)).body.transport).toBeNull();
    const { to } = await testMail(stage.pk);
    expect(sink.mails.some((mail) => mail.to === to)).toBe(true);
  });

  it('wait with the reason while its secrets cannot be read', async () => {
    const { pk: transport } = await createTransport();
    const stage = await createEmailStage(app.api, { transport });
    const sealed = 'v1.' + 'A'.repeat(80);
    await app.dataSource.query('update named_transport set url = $2 where transport_uuid = $1', [transport, sealed]);
    const { pk } = await testMail(stage.pk, 'retrying');
    expect((await messageOf(app, pk)).reason).toBe(
      'A secret of named_transport.url cannot be opened: was SECRET_KEY changed?',
    );
  });
});

describe('A test mail of a transport', () => {
  const newAddress = (): string => `${randomUUID()}@example.com`;

  it('goes through the queue, and has attempts that name the transport', async () => {
    const transport = await createTransport({ from_address: 'newsroom@library.example' });
    const to = newAddress();
    const answer = await app.api.post(`/mail/transports/${transport.pk}/test/`, { to, locale: 'de' });
    expect(answer).toMatchObject({ status: 202, body: { message: expect.any(String) } });
    const { message } = answer.body;
    await expect.poll(() => state(message), { timeout: 20_000 }).toBe('sent');
    expect(sink.mails.find((mail) => mail.to === to)?.from).toBe('newsroom@library.example');
    const { body } = await app.api.get(`/mail/messages/${message}/`);
    expect(body).toMatchObject({ stage: null, transport: transport.pk, template: 'email/setup.html', locale: 'de' });
    expect(body.timeline).toMatchObject([{ outcome: 'accepted', provider: 'smtp', transport: transport.name }]);
    const [event] = await app.dataSource.query("select context from event where context ->> 'message_id' = $1", [
      message,
    ]);
    expect(event.context.stage).toEqual({ pk: null, name: '' });
  });

  it('is sent once for requests with the same Idempotency-Key', async () => {
    const { pk } = await createTransport();
    const to = newAddress();
    const headers = { 'idempotency-key': randomUUID() };
    const answers = [1, 2].map(() => app.api.post(`/mail/transports/${pk}/test/`, { to }, { headers }));
    const [first, second] = await Promise.all(answers);
    expect(second?.body).toEqual(first?.body);
    await expect.poll(() => state(first?.body.message), { timeout: 20_000 }).toBe('sent');
    expect(sink.mails.filter((mail) => mail.to === to)).toHaveLength(1);
  });

  it('goes where the transport leads when it is sent, with the secrets of that time', async () => {
    const { pk } = await createTransport({ url: 'smtp://127.0.0.1:1' });
    const to = newAddress();
    const { message } = (await app.api.post(`/mail/transports/${pk}/test/`, { to })).body;
    await expect.poll(() => state(message), { timeout: 20_000 }).toBe('retrying');
    await app.api.patch(`/mail/transports/${pk}/`, { url: `smtp://127.0.0.1:${elsewhere}` });
    await app.api.post(`/mail/messages/${message}/requeue/`, {});
    await expect.poll(() => another.mails.some((mail) => mail.to === to), { timeout: 20_000 }).toBe(true);
  });

  it('is discarded if the transport is deleted before it is sent, which nothing prevents', async () => {
    const { pk } = await createTransport({ url: 'smtp://127.0.0.1:1' });
    const { message } = (await app.api.post(`/mail/transports/${pk}/test/`, { to: newAddress() })).body;
    await expect.poll(() => state(message), { timeout: 20_000 }).toBe('retrying');
    expect((await app.api.get(`/mail/transports/${pk}/used_by/`)).body).toEqual([]);
    expect((await app.api.delete(`/mail/transports/${pk}/`)).status).toBe(204);
    await app.api.post(`/mail/messages/${message}/requeue/`, {});
    await expect.poll(() => state(message), { timeout: 20_000 }).toBe('discarded');
    expect((await messageOf(app, message)).reason).toBe('The transport of the mail was deleted.');
  });

  it.each([
    [{ to: 'nobody' }, 'to'],
    [{}, 'to'],
    [{ to: 'a@example.com', template: 'email/none.html' }, 'template'],
    [{ to: 'a@example.com', locale: '?' }, 'locale'],
  ])('is refused for %j', async (body, field) => {
    const { pk } = await createTransport();
    const answer = await app.api.post(`/mail/transports/${pk}/test/`, body);
    expect(answer).toMatchObject({ status: 400, body: { [field]: [expect.any(String)] } });
  });

  it('is sent by callers who may change the transport', async () => {
    const { pk } = await createTransport();
    const { api, user } = await createActor(app, ['authentik_mail.view_namedtransport']);
    const to = newAddress();
    expect((await api.post(`/mail/transports/${pk}/test/`, { to })).status).toBe(403);
    await allow(app, user.pk, { permissions: ['authentik_mail.change_namedtransport'] });
    expect((await api.post(`/mail/transports/${pk}/test/`, { to })).status).toBe(202);
  });
});

describe('The limits of a transport', () => {
  it('hold over all of its stages and workers', async () => {
    const { pk: transport } = await createTransport({ url: `smtp://127.0.0.1:${port}?rate=5/s` });
    const stages = [await createEmailStage(app.api, { transport }), await createEmailStage(app.api, { transport })];
    const address = `${randomUUID()}@example.org`;
    const start = Date.now();
    const mails = Array.from({ length: 20 }, (_, index) => mailFrom(stages[index % 2]?.pk ?? '', address));
    await enqueue(app, ...mails);
    const received = (): readonly { at: number }[] => sink.mails.filter(({ to }) => to === address);
    await expect.poll(() => received().length, { timeout: 30_000 }).toBe(20);
    // Five at once, then one every 200 ms.
    expect(Math.max(...received().map(({ at }) => at)) - start).toBeGreaterThan(2990);
  });

  it('are its own: another one to the same server does not wait', async () => {
    const url = `smtp://127.0.0.1:${port}?rate=1/h`;
    const transports = [await createTransport({ url }), await createTransport({ url })];
    for (const { pk: transport } of transports) {
      await testMail((await createEmailStage(app.api, { transport })).pk);
    }
  });
});

describe('A stage', () => {
  it('is checked through its transport', async () => {
    const { pk: transport } = await createTransport();
    const stage = await createEmailStage(app.api, { transport, use_tls: true, use_ssl: true });
    const { body } = await app.api.post(`/stages/email/${stage.pk}/check/`, {});
    expect(body).toMatchObject({ ok: true, verdict: expect.stringContaining(`127.0.0.1:${port} is ready.`) });
  });

  it('gets a transport, or a server behind one, from superusers only', async () => {
    const { pk: transport } = await createTransport();
    const [without, with_] = [await createEmailStage(app.api), await createEmailStage(app.api, { transport })];
    const { api, user } = await createActor(app, ['authentik_stages_email.view_emailstage']);
    await allow(app, user.pk, { permissions: ['authentik_stages_email.change_emailstage'] });
    expect((await api.patch(`/stages/email/${without.pk}/`, { transport })).status).toBe(403);
    expect((await api.patch(`/stages/email/${with_.pk}/`, { host: 'evil.example' })).status).toBe(403);
    expect((await api.patch(`/stages/email/${with_.pk}/`, { subject: 'Another', transport })).status).toBe(200);
    expect((await api.patch(`/stages/email/${with_.pk}/`, { transport: null })).body.transport).toBeNull();
  });

  it('refuses a transport that does not exist, and the list has a filter', async () => {
    const { pk } = await createTransport();
    const missing = randomUUID();
    expect(await app.api.post('/stages/email/', { name: randomUUID(), transport: missing })).toMatchObject({
      status: 400,
      body: { transport: [`Invalid pk "${missing}" - object does not exist.`] },
    });
    const stage = await createEmailStage(app.api, { transport: pk });
    const { results } = (await app.api.get(`/stages/email/?transport=${pk}`)).body;
    expect(results.map((found: { pk: string }) => found.pk)).toEqual([stage.pk]);
  });

  it('is exported with key and name of its transport, and imported without one where neither is', async () => {
    const { pk: transport, name } = await createTransport();
    const stage = await createEmailStage(app.api, { transport });
    const { pk: target, slug } = await createFlow(app.api);
    await createBinding(app.api, { target, stage: stage.pk });
    const { body: file } = await app.api.get<string>(`/flows/instances/${slug}/export/`);
    await app.api.patch(`/stages/email/${stage.pk}/`, { transport: null });
    expect((await importFile(app.api, file)).body.success).toBe(true);
    expect((await app.api.get(`/stages/email/${stage.pk}/`)).body.transport).toBe(transport);
    await app.api.delete(`/mail/transports/${transport}/`);
    const { logs } = (await importFile(app.api, file)).body;
    expect(logs[1]?.event).toBe(`updated; transport is empty: no namedtransport here has the name “${name}”`);
  });

  it('and its transport come in one file, which is applied again without a change', async () => {
    const [name, stage] = [`transport-${randomUUID()}`, `stage-${randomUUID()}`];
    const file = `
version: 1
entries:
  - model: authentik_mail.namedtransport
    id: transport
    identifiers: { name: ${name} }
    attrs: { url: "smtp://books:secret@127.0.0.1:${port}" }
  - model: authentik_stages_email.emailstage
    identifiers: { name: ${stage} }
    attrs: { transport: !KeyOf transport }
  - model: authentik_stages_email.emailstage
    identifiers: { name: ${stage} 2 }
    attrs: { transport: !Find [authentik_mail.namedtransport, [name, ${name}]] }`;
    const imported = async (): Promise<NamedTransportDto> => {
      expect((await importFile(app.api, file)).body.success).toBe(true);
      return (await app.api.get(`/mail/transports/?name=${name}`)).body.results[0];
    };
    const transport = await imported();
    expect(await imported()).toEqual({ ...transport, last_updated: expect.any(String) });
    expect(transport.url).toBe(`smtp://books:***@127.0.0.1:${port}`);
    expect((await app.api.get(`/stages/email/?transport=${transport.pk}`)).body.results).toHaveLength(2);
  });
});

describe('A transport over HTTP', () => {
  const provider = new MailProviderServer(providerApis['resend']?.api ?? (() => 'closed'));
  let host: string;
  beforeAll(async () => (host = await provider.listen()));
  afterAll(() => provider.close());

  it('does not reach the networks of the operator, unless WEBHOOK_ALLOW names them', async () => {
    const url = `resend://${encodeURIComponent(apiKey)}@${host}`;
    const { pk } = await createTransport({ url });
    const { body } = await app.api.post(`/mail/transports/${pk}/check/`, {});
    expect(body).toMatchObject({
      ok: false,
      verdict: '127.0.0.1 has no address that is public or in WEBHOOK_ALLOW.',
    });
    expect(provider.calls).toEqual([]);
    const allowing = await startTestApp({ WEBHOOK_ALLOW: '127.0.0.0/8' });
    const transport = await created<NamedTransportDto>(allowing.api.post('/mail/transports/', { name: 'a', url }));
    const checked = await allowing.api.post(`/mail/transports/${transport.pk}/check/`, {});
    expect(checked.body).toMatchObject({ ok: true });
    await allowing.stop();
  });

  it('and its tokens need no file: the key of a service account is sealed in its URL', async () => {
    const authorization = new AuthorizationServer();
    const tokenUrl = await authorization.listen();
    const users: unknown[] = [];
    const server = await CollectingServer.start({
      authMethods: ['XOAUTH2'],
      onAuth: ({ username, accessToken = '' }, _, done) => {
        users.push(username);
        done(authorization.tokens.has(accessToken) ? null : new Error('5.7.3 no'), { user: username });
      },
    });
    const pem = credentials('oauth-client').key;
    const account = { client_email: 'mail@project.example', private_key: pem.slice(pem.indexOf('-----BEGIN PRIVATE')) };
    const key = Buffer.from(JSON.stringify(account)).toString('base64');
    const query = new URLSearchParams({ oauth: 'google', key, token_url: tokenUrl, require_tls: 'false' });
    const url = `smtp://books%40library.example@127.0.0.1:${server.port}?${query.toString()}`;
    const allowing = await startTestApp({ WEBHOOK_ALLOW: '127.0.0.0/8' });
    const transport = await created<NamedTransportDto>(allowing.api.post('/mail/transports/', { name: 'g', url }));
    expect(transport.url).toContain('key=***');
    const { message } = (await allowing.api.post(`/mail/transports/${transport.pk}/test/`, { to: 'a@example.com' }))
      .body;
    await expect.poll(() => messageOf(allowing, message).then((mail) => mail.state), { timeout: 20_000 }).toBe('sent');
    expect(users).toEqual(['books@library.example']);
    const { reason } = await messageOf(allowing, message);
    const rows = await allowing.dataSource.query(
      'select t::text from named_transport t union all select e::text from event e',
    );
    expect(JSON.stringify([rows, reason])).not.toContain(key.slice(0, 60));
    await allowing.stop();
    await server.stop();
    authorization.close();
  });

  it('asks for tokens there no more than for anything else', async () => {
    const token = 'oauth=other&client_id=a&client_secret=b';
    const url = `smtp://a%40b.example@127.0.0.1:${port}?${token}&token_url=http://${host}/token&require_tls=false`;
    const { pk } = await createTransport({ url });
    const { body } = await app.api.post(`/mail/transports/${pk}/check/`, {});
    expect(body.verdict).toContain('127.0.0.1 has no address that is public or in WEBHOOK_ALLOW.');
    expect(provider.calls.filter(({ path }) => path === '/token')).toEqual([]);
  });
});
