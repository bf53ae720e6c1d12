import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SecretBox } from '../../src/database/secret-box.js';
import type { NamedTransportDto, NamedTransportRequestDto } from '../../src/mail/transports/dto/named-transport.dto.js';
import { transportUrlPlace } from '../../src/mail/transports/named-transport.entity.js';
import { createActor } from '../factories/actor.js';
import { created } from '../factories/created.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let port: number;
const sink = new SmtpSink();
beforeAll(async () => {
  port = await sink.listen();
  app = await startTestApp();
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const secret = 'correct-horse-4711';

function createTransport(fields: Partial<NamedTransportRequestDto> = {}): Promise<NamedTransportDto> {
  const url = `smtp://books:${secret}@mail.example.org:587`;
  return created(app.api.post('/mail/transports/', { name: `transport-${randomUUID()}`, url, ...fields }));
}

async function storedUrl(pk: string): Promise<string> {
  const [row] = await app.dataSource.query('select url from named_transport where transport_uuid = $1', [pk]);
  return app.nest.get(SecretBox).open(row.url, transportUrlPlace);
}

describe('A transport', () => {
  it('shows its URL without secrets, and its servers', async () => {
    const url = `failover(smtp://books:${secret}@mail.example.org:587?rate=5/s resend://${secret}@default)`;
    const transport = await createTransport({ url, from_address: 'books@library.example' });
    expect(transport).toEqual({
      pk: expect.any(String),
      name: expect.stringMatching(/^transport-/),
      url: 'failover(smtp://books:***@mail.example.org:587?rate=5/s resend://***@default)',
      from_address: 'books@library.example',
      servers: [
        { provider: 'smtp', server: 'mail.example.org:587' },
        { provider: 'http/resend', server: 'api.resend.com:443' },
      ],
      problem: '',
      created: expect.any(String),
      last_updated: expect.any(String),
    });
  });

  it('has its secrets sealed in the database, and nowhere else', async () => {
    const { pk } = await createTransport();
    await app.api.patch(`/mail/transports/${pk}/`, { url: `smtp://books:${secret}@other.example.org` });
    expect(await storedUrl(pk)).toContain(secret);
    const dumps = await app.dataSource.query(
      'select n::text as row from named_transport n union all select e::text from event e',
    );
    expect(JSON.stringify(dumps)).not.toContain(secret);
    expect(JSON.stringify((await app.api.get('/mail/transports/')).body)).not.toContain(secret);
  });

  it.each([
    ['', 'This field may not be blank.'],
    ['mail.example.org', /^The URL must start with one of smtp:\/\/, smtps:\/\/, resend:\/\//],
    ['smtp://', 'The URL has no host.'],
    ['smtp://books@mail.example.org', 'The URL has a user name without a password.'],
    ['smtp://h?rate=fast', 'The URL must have one rate such as rate=14/s, rate=100/m or rate=1000/h.'],
    ['failover(smtp://a)', /^The URL must have two or more URLs in failover/],
    ['mailbox://', 'The URL must not be mailbox://: only EMAIL_URL leads there.'],
    ['resend://***@default', /^The URL has \*\*\* in place of a secret/],
  ])('cannot have the URL %j', async (url, message) => {
    const answer = await app.api.post('/mail/transports/', { name: `transport-${randomUUID()}`, url });
    expect(answer).toMatchObject({ status: 400, body: { url: [expect.stringMatching(message)] } });
  });

  it.each([
    'smtp://a%40b.c@h?oauth=google&key_file=/etc/passwd',
    'smtp://a%40b.c@h?oauth=google&key%5Ffile=/there/is/none',
    'graph://id@tenant.example?key_file=/etc/passwd',
    'failover(smtp://h graph://id@tenant.example?key_file=/etc/passwd)',
  ])('names no file of the server: %s', async (url) => {
    const answer = await app.api.post('/mail/transports/', { name: `transport-${randomUUID()}`, url });
    const message =
      'The URL must not have key_file: only EMAIL_URL names files of the server. Write the content as key, in base64.';
    expect(answer).toMatchObject({ status: 400, body: { url: [message] } });
  });

  it('is refused with all errors at once', async () => {
    const { name } = await createTransport();
    const answer = await app.api.post('/mail/transports/', { name, url: 'ftp://h', from_address: 'nobody' });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body).sort()).toEqual(['from_address', 'name', 'url']);
  });

  it('cannot have the name of another transport, also when both requests arrive together', async () => {
    const body = { name: `transport-${randomUUID()}`, url: 'smtp://h' };
    const answers = await Promise.all([1, 2].map(() => app.api.post('/mail/transports/', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused?.body).toEqual({ name: ['mail transport with this name already exists.'] });
  });
});

describe('A change of the URL', () => {
  it('keeps the secrets where it has ***, while only limits change', async () => {
    const { pk, url } = await createTransport();
    const path = `/mail/transports/${pk}/`;
    expect((await app.api.patch(path, { url })).status).toBe(200);
    expect(await storedUrl(pk)).toBe(`smtp://books:${secret}@mail.example.org:587`);
    const limited = await app.api.patch(path, { url: `${url}?rate=5/s` });
    expect(limited.body.url).toBe(`${url}?rate=5/s`);
    expect(await storedUrl(pk)).toBe(`smtp://books:${secret}@mail.example.org:587?rate=5/s`);
  });

  it('sends no stored secret to another server', async () => {
    const { pk } = await createTransport();
    const answer = await app.api.patch(`/mail/transports/${pk}/`, { url: 'smtp://books:***@evil.example:587' });
    expect(answer).toMatchObject({ status: 400, body: { url: [expect.stringMatching(/^The URL has \*\*\*/)] } });
    expect(await storedUrl(pk)).toContain('mail.example.org');
  });

  it('is for superusers, as is a new transport', async () => {
    const transport = await createTransport();
    const { pk } = transport;
    const all = ['view', 'add', 'change', 'delete'].map((action) => `authentik_mail.${action}_namedtransport`);
    const { api } = await createActor(app, all);
    expect((await api.post('/mail/transports/', { name: 'mine', url: 'smtp://h' })).status).toBe(403);
    expect((await api.patch(`/mail/transports/${pk}/`, { url: 'smtp://evil.example' })).status).toBe(403);
    expect(await storedUrl(pk)).toContain('mail.example.org');
    const renamed = { name: `transport-${randomUUID()}`, url: transport.url };
    expect((await api.put(`/mail/transports/${pk}/`, renamed)).body).toMatchObject(renamed);
    expect((await api.delete(`/mail/transports/${pk}/`)).status).toBe(204);
  });
});

describe('A check', () => {
  it('reports what the servers say', async () => {
    const { pk } = await createTransport({ url: `smtp://127.0.0.1:${port}` });
    const { status, body } = await app.api.post(`/mail/transports/${pk}/check/`, {});
    expect({ status, ok: body.ok }).toEqual({ status: 200, ok: true });
    expect(body.verdict).toContain(`127.0.0.1:${port} is ready.`);
    expect(body.transcript.join('\n')).toContain('C: MAIL FROM');
    expect(sink.mails).toEqual([]);
  });

  it('says that the secrets cannot be read, as the transport does', async () => {
    const { pk, url } = await createTransport();
    const other = 'v1.' + 'A'.repeat(80);
    await app.dataSource.query('update named_transport set url = $2 where transport_uuid = $1', [pk, other]);
    const problem = 'A secret of named_transport.url cannot be opened: was SECRET_KEY changed?';
    expect((await app.api.get(`/mail/transports/${pk}/`)).body).toMatchObject({ url, servers: [], problem });
    const { body } = await app.api.post(`/mail/transports/${pk}/check/`, {});
    expect(body).toMatchObject({ ok: false, verdict: problem });
    const again = await app.api.patch(`/mail/transports/${pk}/`, { url: `smtp://books:new@mail.example.org:587` });
    expect(again.body.problem).toBe('');
  });
});

describe('The list', () => {
  it('has filters, a search and an order', async () => {
    const host = `${randomUUID()}.example.org`;
    const { pk, name } = await createTransport({ url: `smtp://${host}`, from_address: `a@${host}` });
    for (const query of [
      `name=${name}`,
      `search=${host}`,
      `from_address=a@${host}`,
      `transport_uuid=${pk}&ordering=-url`,
    ]) {
      const { results } = (await app.api.get(`/mail/transports/?${query}`)).body;
      expect(
        results.map(({ pk: found }: NamedTransportDto) => found),
        query,
      ).toEqual([pk]);
    }
  });

  it('is refused to callers without the permission, as are all other requests', async () => {
    const { pk } = await createTransport();
    const { api } = await createActor(app);
    expect((await api.get('/mail/transports/')).status).toBe(403);
    expect((await api.post('/mail/transports/', { name: 'a', url: 'smtp://h' })).status).toBe(403);
    expect((await api.get(`/mail/transports/${pk}/`)).status).toBe(403);
    expect((await api.post(`/mail/transports/${pk}/check/`, {})).status).toBe(403);
  });
});
