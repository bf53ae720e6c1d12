import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createFurtherAddress, proveAddress } from '../factories/further-address.js';
import { createReader } from '../factories/proof-flow.js';
import { createVerification } from '../factories/verification.js';
import { PageBrowser } from '../support/page-browser.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { verificationMail } from '../support/verification-mail.js';

const verifyOnly = ['add', 'view', 'check'].map((action) => `authentik_verifications.${action}_verification`);

let app: TestApp;
const sink = new SmtpSink((to) => {
  if (to.startsWith('later-')) throw new SmtpRefusal(451, 'Later');
});

beforeAll(async () => {
  app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(await sink.listen()) });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const newAddress = (): string => `v-${randomUUID()}@example.org`;
const rowsOf = async (pk: number): Promise<any[]> => (await app.api.get(`/core/users/${pk}/addresses/`)).body;
const rowOf = async (pk: number, address: string): Promise<any> =>
  (await rowsOf(pk)).find((row) => row.address === address);

async function useLink(address: string): Promise<void> {
  const browser = new PageBrowser(app.url);
  await browser.open((await verificationMail(sink, address)).link);
  await browser.submit();
}

describe('A verification of an address of a user', () => {
  it.each(['link', 'code'] as const)('proves the address by the %s, with the events of both', async (method) => {
    const user = await createReader(app.api);
    const address = await createFurtherAddress(app, user.pk);
    await app.api.post('/webhooks/endpoints/', {
      ...{ name: randomUUID(), url: 'https://hooks.example.org/', event_types: ['address.verified'] },
    });
    const { pk, user: named } = await createVerification(app.api, { email: address, user: user.pk });
    expect(named).toBe(user.pk);
    expect(await rowOf(user.pk, address)).toMatchObject({ verified: null });
    if (method === 'link') await useLink(address);
    else {
      const { code } = await verificationMail(sink, address);
      expect((await app.api.post(`/verifications/${pk}/check/`, { code })).body.status).toBe('approved');
    }
    expect(await rowOf(user.pk, address)).toMatchObject({ verified: expect.any(String), method, run: null });
    const events = await app.dataSource.query(`select data from "outgoing_event" where type = 'address.verified'`);
    expect(events.filter(({ data }: any) => data.address === address)).toHaveLength(1);
    expect((await app.api.get(`/verifications/?user=${user.pk}`)).body.results).toMatchObject([{ pk }]);
  });

  it('also proves the primary address', async () => {
    const user = await createReader(app.api);
    await createVerification(app.api, { email: user.email, user: user.pk });
    await useLink(user.email);
    expect((await app.api.get(`/core/users/${user.pk}/`)).body.email_verified).toBe(true);
  });

  it('proves nothing if another account has proved the address', async () => {
    const [user, other] = [await createReader(app.api), await createReader(app.api)];
    const address = await createFurtherAddress(app, user.pk);
    await createVerification(app.api, { email: address, user: user.pk });
    await createFurtherAddress(app, other.pk, { address, isProved: true });
    await useLink(address);
    expect(await rowOf(user.pk, address)).toMatchObject({ verified: null });
    expect((await app.api.get(`/verifications/?user=${user.pk}`)).body.results).toMatchObject([{ status: 'approved' }]);
  });

  it.each([
    ['a new password', (pk: number) => app.api.post(`/core/users/${pk}/set_password/`, { password: randomUUID() })],
    ['a deactivation', (pk: number) => app.api.patch(`/core/users/${pk}/`, { is_active: false })],
    ['another primary address', (pk: number) => app.api.patch(`/core/users/${pk}/`, { email: newAddress() })],
  ])('is canceled by %s of the user, with its event, so that its link proves nothing', async (_, change) => {
    const user = await createReader(app.api);
    const address = await createFurtherAddress(app, user.pk);
    const [first, second] = [await createFurtherAddress(app, user.pk), await createReader(app.api)];
    await createVerification(app.api, { email: address, user: user.pk });
    const { pk: other } = await createVerification(app.api, { email: second.email, user: second.pk });
    await verificationMail(sink, address);
    expect((await change(user.pk)).status).toBeLessThan(300);
    await app.api.patch(`/core/users/${user.pk}/`, { is_active: true });
    await useLink(address);
    expect(await rowOf(user.pk, address)).toMatchObject({ verified: null });
    const { results } = (await app.api.get(`/verifications/?user=${user.pk}`)).body;
    expect(results).toMatchObject([{ status: 'canceled', email: address }]);
    expect((await app.api.get(`/verifications/${other}/`)).body.status).toBe('pending');
    const events = await app.dataSource.query(
      `select from "event" where context->'model'->>'pk' = $1 and action = 'model_updated'`,
      [results[0].pk],
    );
    expect(events).toHaveLength(1);
    expect((await app.api.post('/verifications/', { email: first, user: user.pk })).status).toBe(201);
  });

  it('says in the mail and on the page that an account gets the address, and when not to confirm', async () => {
    const user = await createReader(app.api);
    const address = await createFurtherAddress(app, user.pk);
    for (const fields of [{ email: address, user: user.pk, locale: 'en' }, { email: newAddress() }]) {
      const { template } = await createVerification(app.api, fields);
      const { subject, text, html, link } = await verificationMail(sink, fields.email);
      const page = await new PageBrowser(app.url).open(link);
      const shown = [text, html, page.html].map((source) => source.replaceAll(/\s+/g, ' '));
      const isForUser = fields.email === address;
      expect(template).toBe(isForUser ? 'email/address_verification.html' : 'email/verification.html');
      expect(subject.startsWith('Confirm an email address for an account')).toBe(isForUser);
      for (const source of shown) {
        expect(source.includes('existing account')).toBe(isForUser);
        expect(source.includes('started this yourself')).toBe(isForUser);
        expect(source).not.toContain(user.username);
      }
    }
  });

  it('is canceled with its mail, if that still waits', async () => {
    const user = await createReader(app.api);
    const email = await createFurtherAddress(app, user.pk, { address: `later-${randomUUID()}@example.org` });
    const { message } = await createVerification(app.api, { email, user: user.pk });
    const stateOf = async (): Promise<string> => (await app.api.get(`/mail/messages/${message}/`)).body.state;
    await expect.poll(stateOf, { timeout: 20_000 }).toBe('retrying');
    await app.api.post(`/core/users/${user.pk}/set_password/`, { password: randomUUID() });
    expect(await stateOf()).toBe('discarded');
  });

  it('is neither started nor approved for an inactive user', async () => {
    const user = await createReader(app.api);
    await createVerification(app.api, { email: user.email, user: user.pk });
    await app.dataSource.query('update "user" set is_active = false where id = $1', [user.pk]);
    await useLink(user.email);
    expect(await rowOf(user.pk, user.email)).toMatchObject({ verified: null });
    expect((await app.api.get(`/verifications/?user=${user.pk}`)).body.results).toMatchObject([{ status: 'pending' }]);
    expect((await app.api.post('/verifications/', { email: user.email, user: user.pk })).body).toEqual({
      non_field_errors: ['The user is not active.'],
    });
  });

  it('without a user proves no address of one', async () => {
    const user = await createReader(app.api);
    await createVerification(app.api, { email: user.email });
    await useLink(user.email);
    expect(await rowOf(user.pk, user.email)).toMatchObject({ verified: null });
  });

  it('is for one of their addresses', async () => {
    const user = await createReader(app.api);
    for (const email of [`${randomUUID()}@example.org`, user.email.toUpperCase()]) {
      expect((await app.api.post('/verifications/', { email, user: user.pk })).body).toEqual({
        email: ['The user does not have this address.'],
      });
    }
    expect((await app.api.post('/verifications/', { email: user.email, user: 999_999 })).body).toEqual({
      user: ['Invalid pk "999999" - object does not exist.'],
    });
    expect((await app.api.post('/verifications/', { email: user.email, user: null })).status).toBe(201);
  });

  it('takes the permission to change that user: a key that may only verify proves nothing for users', async () => {
    const user = await createReader(app.api);
    const { api, user: application } = await createActor(app, verifyOnly);
    const request = { email: user.email, user: user.pk };
    const refused = { user: [`Invalid pk "${user.pk}" - object does not exist.`] };
    expect((await api.post('/verifications/', request)).body).toEqual(refused);
    await allow(app, application.pk, { permissions: ['authentik_core.view_user'] });
    expect((await api.post('/verifications/', request)).body).toEqual(refused);
    await allow(app, application.pk, {
      permissions: ['authentik_core.change_user'],
      model: 'authentik_core.user',
      object_pk: String(user.pk),
    });
    expect((await api.post('/verifications/', request)).status).toBe(201);
    const { pk } = (await app.api.get('/core/users/?username=akadmin')).body.results[0];
    await app.api.patch(`/core/users/${pk}/`, { email: 'root@example.org' });
    await allow(app, application.pk, { permissions: ['authentik_core.change_user'] });
    expect((await api.post('/verifications/', { email: 'root@example.org', user: pk })).status).toBe(403);
  });

  it('is deleted with the user', async () => {
    const user = await createReader(app.api);
    const { pk } = await createVerification(app.api, { email: user.email, user: user.pk });
    await app.api.delete(`/core/users/${user.pk}/`);
    expect((await app.api.get(`/verifications/${pk}/`)).status).toBe(404);
  });
});

describe('Users verify their addresses', () => {
  it('with a fresh session, by a link that is mailed', async () => {
    const user = await createReader(app.api);
    const visitor = await signedIn(app, user);
    const address = `${randomUUID()}@example.org`;
    await visitor.request('POST', `/core/users/${user.pk}/addresses/`, { json: { address } });
    const verify = (): Promise<any> =>
      visitor.request('POST', `/core/users/${user.pk}/addresses/verify/`, { json: { address } });
    const { status, body } = await verify();
    expect([status, body]).toMatchObject([201, { email: address, method: 'link', user: user.pk, status: 'pending' }]);
    await useLink(address);
    expect(await rowOf(user.pk, address)).toMatchObject({ verified: expect.any(String), method: 'link' });
    expect((await verify()).body).toEqual({ address: ['This address is verified already.'] });
  });

  it('and not with an old session, for others, or for an address that they do not have', async () => {
    const [user, other] = [await createReader(app.api), await createReader(app.api)];
    const visitor = await signedIn(app, user);
    const verify = (pk: number, address: string): Promise<any> =>
      visitor.request('POST', `/core/users/${pk}/addresses/verify/`, { json: { address } });
    expect((await verify(user.pk, other.email)).body).toEqual({ address: ['The user does not have this address.'] });
    expect((await verify(other.pk, other.email)).status).toBe(403);
    await app.dataSource.query(
      `update "session" set authenticated = now() - interval '11 minutes' where user_id = $1`,
      [user.pk],
    );
    expect((await verify(user.pk, user.email)).status).toBe(403);
    expect(sink.mails.filter(({ to }) => to === user.email)).toEqual([]);
  });

  it('as often as the limits of verifications allow', async () => {
    const user = await createReader(app.api);
    const visitor = await signedIn(app, user);
    const request = { json: { address: user.email } };
    const verify = async (): Promise<number> =>
      (await visitor.request('POST', `/core/users/${user.pk}/addresses/verify/`, request)).status;
    for (let count = 0; count < 5; count += 1) expect(await verify()).toBe(201);
    expect(await verify()).toBe(429);
    await proveAddress(app, user.pk, user.email);
    expect(await verify()).toBe(400);
  });
});
