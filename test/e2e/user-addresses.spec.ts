import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createAddressFlow, createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createReader } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let enrollment: string;
let recovery: string;
let change: string;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp();
  const email = { port, recovery_max_attempts: 1000 };
  enrollment = await createEnrollmentFlow(app.api, email);
  recovery = await createRecoveryFlow(app.api, email);
  change = await createAddressFlow(app.api, email);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const newAddress = (): string => `a-${randomUUID()}@example.org`;
const userOf = async (pk: number): Promise<any> => (await app.api.get(`/core/users/${pk}/`)).body;
const addressesOf = async (pk: number): Promise<any[]> => (await app.api.get(`/core/users/${pk}/addresses/`)).body;

async function confirm(visitor: Visitor, slug: string, address: string, way: 'link' | 'code'): Promise<void> {
  const { code, query } = await proofMail(sink, address);
  if (way === 'code') {
    await visitor.answer(slug, { component: 'ak-stage-email', code });
  } else {
    const { token } = await visitor.see(slug, query);
    await visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
  }
}

/** Signs up and confirms the address. @returns the key of the user */
async function signUp(address: string, way: 'link' | 'code'): Promise<number> {
  const [visitor, username, password] = [new Visitor(app.url), randomUUID(), 'a new secret'];
  await visitor.answer(enrollment, { username, password, password_repeat: password });
  await visitor.answer(enrollment, { name: 'Any', email: address });
  const { pk } = await app.dataSource.manager.findOneByOrFail(User, { username });
  expect((await userOf(pk)).email_verified).toBe(false);
  await confirm(visitor, enrollment, address, way);
  return pk;
}

describe('An address is verified', () => {
  it.each(['link', 'code'] as const)('by the %s of a sign-up, and the run is recorded', async (method) => {
    const address = newAddress();
    const pk = await signUp(address, method);
    expect(await userOf(pk)).toMatchObject({ email: address, is_active: true, email_verified: true });
    expect(await addressesOf(pk)).toEqual([
      {
        address,
        is_current: true,
        since: expect.any(String),
        until: null,
        verified: expect.any(String),
        method,
        run: expect.stringMatching(/^[0-9a-f-]{36}$/),
        is_primary: true,
      },
    ]);
  });

  it('by a recovery', async () => {
    const user = await createReader(app.api);
    expect((await userOf(user.pk)).email_verified).toBe(false);
    const visitor = new Visitor(app.url);
    await visitor.answer(recovery, { uid_field: user.username });
    await confirm(visitor, recovery, user.email, 'code');
    expect((await userOf(user.pk)).email_verified).toBe(true);
  });

  it('by a recovery link that an administrator mailed', async () => {
    const user = await createReader(app.api);
    const stage = await createEmailStage(app.api, { host: '127.0.0.1', port });
    const brand = await app.api.post(`/core/users/${user.pk}/recovery_email/?email_stage=${stage.pk}`);
    expect(brand.status).toBe(204);
    const { link, query } = await proofMail(sink, user.email);
    const [, slug = ''] = /\/if\/flow\/([\w-]+)\//.exec(link) ?? [];
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(slug, query);
    await visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
    expect((await userOf(user.pk)).email_verified).toBe(true);
  });

  it('not by a recovery link that an administrator was shown', async () => {
    const user = await createReader(app.api);
    const { link } = (await app.api.post(`/core/users/${user.pk}/recovery/`)).body;
    const { pathname, search } = new URL(link);
    const [, slug = ''] = /\/if\/flow\/([\w-]+)\//.exec(pathname) ?? [];
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(slug, search.slice(1));
    const next = await visitor.answer(slug, { component: 'ak-stage-consent', token }, search.slice(1));
    expect(next.component).toBe('ak-stage-prompt');
    expect((await userOf(user.pk)).email_verified).toBe(false);
  });

  it('for its user only', async () => {
    const address = newAddress();
    await signUp(address, 'link');
    const other = await createReader(app.api, { email: address });
    expect((await userOf(other.pk)).email_verified).toBe(false);
  });
});

describe('A change of address', () => {
  it('by a flow keeps the proof of the mail to the new address, and ends that of the old one', async () => {
    const [first, second] = [newAddress(), newAddress()];
    const pk = await signUp(first, 'link');
    const visitor = await signedIn(app, { pk });
    await visitor.answer(change, { email: second });
    expect(await userOf(pk)).toMatchObject({ email: first, email_verified: true });
    await confirm(visitor, change, second, 'code');
    expect(await userOf(pk)).toMatchObject({ email: second, email_verified: true });
    expect(await addressesOf(pk)).toMatchObject([
      { address: second, is_current: true, until: null, method: 'code' },
      { address: first, is_current: false, until: expect.any(String), method: 'link' },
    ]);
  });

  it('by the API ends the proof, also for an address that was verified before', async () => {
    const [first, second] = [newAddress(), newAddress()];
    const pk = await signUp(first, 'link');
    for (const email of [second, first]) {
      const { body } = await app.api.patch(`/core/users/${pk}/`, { email });
      expect(body).toMatchObject({ email, email_verified: false });
    }
    await app.api.patch(`/core/users/${pk}/`, { email: '' });
    expect(await addressesOf(pk)).toMatchObject([{ is_current: false }, { is_current: false }]);
    expect((await userOf(pk)).email_verified).toBe(false);
  });

  it('to the same address changes nothing', async () => {
    const address = newAddress();
    const pk = await signUp(address, 'link');
    await app.api.patch(`/core/users/${pk}/`, { email: address, name: 'Other' });
    expect((await userOf(pk)).email_verified).toBe(true);
  });
});

it('Users are filtered by whether their address is verified, and know it of themselves', async () => {
  const name = randomUUID();
  const verified = await signUp(newAddress(), 'link');
  await app.api.patch(`/core/users/${verified}/`, { name });
  const { pk: unverified } = await createReader(app.api, { name });
  const listed = async (value: boolean): Promise<number[]> =>
    (await app.api.get(`/core/users/?name=${name}&email_verified=${value}`)).body.results.map(({ pk }: any) => pk);
  expect(await listed(true)).toEqual([verified]);
  expect(await listed(false)).toEqual([unverified]);
  const visitor = await signedIn(app, { pk: verified });
  expect((await visitor.request('GET', '/core/users/me/')).body.user.email_verified).toBe(true);
});

it('The addresses are shown to callers who may view the user', async () => {
  const user = await createReader(app.api);
  const visitor = await signedIn(app, await createReader(app.api));
  expect((await visitor.request('GET', `/core/users/${user.pk}/addresses/`)).status).toBe(403);
  expect((await app.api.get('/core/users/999999/addresses/')).status).toBe(404);
});
