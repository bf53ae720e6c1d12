import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createActor } from '../factories/actor.js';
import { createVerification } from '../factories/verification.js';
import { createSendingStage } from '../support/mails.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { verificationMail } from '../support/verification-mail.js';

let app: TestApp;
let port: number;
const sink = new SmtpSink();
beforeAll(async () => {
  port = await sink.listen();
  app = await startTestApp({
    PUBLIC_URL: 'https://login.example.org',
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(port),
    ALLOWED_REDIRECTS: 'https://app.example.com',
  });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

describe('The mail', () => {
  it.each([
    ['link', true, false],
    ['code', false, true],
    ['both', true, true],
  ] as const)('of the method %s has the parts that it names', async (method, hasLink, hasCode) => {
    const { email } = await createVerification(app.api, { method, redirect_url: 'https://app.example.com/' });
    const { subject, link, code, html, otpToken } = await verificationMail(sink, email);
    expect(subject).toBe('Confirm your email address – email-stage');
    expect([link !== '', html.includes('/if/verify/')]).toEqual([hasLink, hasLink]);
    expect(code !== '').toBe(hasCode);
    expect(otpToken).toBe(hasCode ? `"${code}"; origin="https://app.example.com"` : undefined);
  });

  it('has no text of the application or of a visitor', async () => {
    const evil = '<a href="https://evil.example">win</a>';
    const { email } = await createVerification(app.api, { external_id: evil, data: { [evil]: evil } });
    const { text, html } = await verificationMail(sink, email);
    expect(`${text}${html}`).not.toContain('evil');
  });

  it('comes from the sender of a stage, with its subject, expiry and limits', async () => {
    const stage = await createSendingStage(app, port, {
      ...{ fromAddress: 'desk@library.example', subject: 'Your library card', tokenExpiry: 5, recoveryMaxAttempts: 1 },
    });
    const { pk, email, expires, created } = await createVerification(app.api, { stage });
    expect(Date.parse(String(expires)) - Date.parse(String(created))).toBeCloseTo(300_000, -4);
    expect((await verificationMail(sink, email)).subject).toBe('Your library card');
    expect(sink.mails.find(({ to }) => to === email)?.from).toBe('desk@library.example');
    const again = await app.api.post(`/verifications/${pk}/resend/`, {});
    expect(again.status).toBe(429);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('Limits', () => {
  it('refuse the sixth mail to one mailbox within five minutes, in any spelling', async () => {
    const name = randomUUID();
    for (const number of [1, 2, 3, 4, 5]) await createVerification(app.api, { email: `${name}+${number}@example.org` });
    const answer = await app.api.post('/verifications/', { email: `${name.toUpperCase()}@example.org` });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(200);
  });

  it('refuse more mails of one client network than MAIL_CLIENT_LIMIT, if the application names its visitor', async () => {
    const limited = await startTestApp({ MAIL_CLIENT_LIMIT: '2' });
    const start = async (fields: object): Promise<number> =>
      (await limited.api.post('/verifications/', { email: `${randomUUID()}@example.org`, ...fields })).status;
    const [visitor, neighbour] = [{ client_ip: '2001:db8::1' }, { client_ip: '2001:db8::ffff' }];
    expect([await start(visitor), await start(neighbour), await start(visitor)]).toEqual([201, 201, 429]);
    expect([await start({ client_ip: '192.0.2.7' }), await start({}), await start({}), await start({})]).toEqual([
      201, 201, 201, 201,
    ]);
    await limited.stop();
  });

  it('refuse more mails of one caller in a minute than VERIFICATION_CALLER_LIMIT', async () => {
    const limited = await startTestApp({ VERIFICATION_CALLER_LIMIT: '2' });
    const start = async (api = limited.api): Promise<number> =>
      (await api.post('/verifications/', { email: `${randomUUID()}@example.org` })).status;
    expect([await start(), await start(), await start()]).toEqual([201, 201, 429]);
    const { api } = await createActor(limited, ['authentik_verifications.add_verification']);
    expect(await start(api)).toBe(201);
    await limited.stop();
  });

  it('delay codes for an address after 20 wrong ones, over any number of verifications', async () => {
    const email = `${randomUUID()}@example.org`;
    const verifications = [1, 2, 3, 4, 5].map(() => createVerification(app.api, { email }));
    const keys = (await Promise.all(verifications)).map(({ pk }) => pk);
    const answers = [];
    for (const pk of keys)
      for (let tries = 0; tries < 5; tries += 1)
        answers.push(await app.api.post(`/verifications/${pk}/check/`, { code: '000000' }));
    expect(answers.slice(0, 20).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 400));
    expect(answers[20]?.status).toBe(429);
    expect(Number(answers[20]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('Permissions', () => {
  it('let a token that may only verify do that, with its own verifications, and nothing else', async () => {
    const names = ['add', 'view', 'check', 'resend', 'cancel'].map(
      (action) => `authentik_verifications.${action}_verification`,
    );
    const [one, two] = [await createActor(app, names), await createActor(app, names)];
    const mine = await createVerification(one.api);
    expect((await one.api.get('/verifications/')).body.results).toMatchObject([{ pk: mine.pk }]);
    expect((await two.api.get('/verifications/')).body.results).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', 'check/'],
      ['POST', 'resend/'],
      ['POST', 'cancel/'],
      ['GET', 'used_by/'],
    ] as const) {
      const json = method === 'POST' ? { json: { code: '000000' } } : {};
      expect((await two.api.request(method, `/verifications/${mine.pk}/${path}`, json)).status, path).toBe(404);
    }
    const { code } = await verificationMail(sink, mine.email);
    expect((await one.api.post(`/verifications/${mine.pk}/check/`, { code })).status).toBe(200);
    expect((await one.api.delete(`/verifications/${mine.pk}/`)).status).toBe(403);
    for (const path of [
      '/core/groups/',
      '/core/tokens/',
      '/flows/instances/',
      '/stages/email/',
      '/mail/messages/',
      '/events/events/',
    ]) {
      const { status, body } = await one.api.get(path);
      expect(status === 403 || body.results.length === 0 || path === '/core/tokens/', path).toBe(true);
    }
    expect((await one.api.post('/core/users/', { username: 'x', name: 'x' })).status).toBe(403);
    expect((await app.api.get(`/verifications/?created_by=${one.user.pk}`)).body.results).toMatchObject([
      { pk: mine.pk },
    ]);
  });

  it('are needed for each action', async () => {
    const { pk } = await createVerification(app.api);
    const viewer = await createActor(app, [
      'authentik_verifications.view_verification',
      'authentik_verifications.change_verification',
    ]);
    expect((await viewer.api.get(`/verifications/${pk}/`)).status).toBe(200);
    expect((await viewer.api.post('/verifications/', { email: 'a@example.org' })).status).toBe(403);
    for (const action of ['check', 'resend', 'cancel']) {
      expect((await viewer.api.post(`/verifications/${pk}/${action}/`, { code: '000000' })).status, action).toBe(403);
    }
    const { api } = await createActor(app);
    expect((await api.get('/verifications/')).status).toBe(403);
  });
});

it('Lists are filtered, sorted and searched', async () => {
  const external = randomUUID();
  const first = await createVerification(app.api, {
    external_id: external,
    method: 'link',
    email: `a-${external}@example.org`,
  });
  const second = await createVerification(app.api, {
    external_id: external,
    method: 'code',
    email: `b-${external}@example.org`,
  });
  const keys = async (query: string): Promise<string[]> =>
    (await app.api.get(`/verifications/?external_id=${external}&${query}`)).body.results.map(
      (row: { pk: string }) => row.pk,
    );
  expect(await keys('ordering=email')).toEqual([first.pk, second.pk]);
  expect(await keys('ordering=-email')).toEqual([second.pk, first.pk]);
  expect(await keys('ordering=status,email')).toEqual([first.pk, second.pk]);
  expect(await keys('')).toEqual([second.pk, first.pk]);
  expect(await keys('method=code')).toEqual([second.pk]);
  expect(await keys(`email=a-${external}@example.org`)).toEqual([first.pk]);
  expect(await keys(`search=b-${external}`)).toEqual([second.pk]);
  expect(await keys(`created__gte=${encodeURIComponent(String(second.created))}&ordering=created`)).toContain(
    second.pk,
  );
  expect(await keys(`stage=${randomUUID()}`)).toEqual([]);
  expect((await app.api.get('/verifications/?status=gone')).status).toBe(400);
});
