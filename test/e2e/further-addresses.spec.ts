import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { allow, createActor } from '../factories/actor.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFurtherAddress, proveAddress } from '../factories/further-address.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createPromptStage } from '../factories/prompt.js';
import { createReader } from '../factories/proof-flow.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let enrollment: string;
let recovery: string;
let signIn: string;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(port) });
  const email = { port, recovery_max_attempts: 1000 };
  enrollment = await createEnrollmentFlow(app.api, email);
  recovery = await createRecoveryFlow(app.api, email);
  signIn = await createSignInFlow(app.api);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const newAddress = (): string => `f-${randomUUID()}@example.org`;
const userOf = async (pk: number): Promise<any> => (await app.api.get(`/core/users/${pk}/`)).body;
const addressesOf = async (pk: number): Promise<any[]> => (await app.api.get(`/core/users/${pk}/addresses/`)).body;
const pathOf = (pk: number, action = ''): string => `/core/users/${pk}/addresses/${action}`;

/** A user with a proved primary address. */
async function createOwner(): Promise<any> {
  const user = await createPasswordUser(app.api, { email: newAddress() });
  await proveAddress(app, user.pk, user.email);
  return user;
}

/** A browser of a user who has signed in an hour ago. */
async function signedInLongAgo(user: { pk: number }): Promise<Visitor> {
  const visitor = await signedIn(app, user);
  await app.dataSource.query(`update "session" set authenticated = now() - interval '1 hour' where user_id = $1`, [
    user.pk,
  ]);
  return visitor;
}

async function noticesTo(address: string, count: number): Promise<{ subject: string; text: string }[]> {
  const mails = (): SmtpSink['mails'] => sink.mails.filter(({ to }) => to === address);
  await expect.poll(() => mails().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
  const parsed = await Promise.all(mails().map(({ source }) => simpleParser(source)));
  return parsed.map(({ subject = '', text = '' }) => ({ subject, text }));
}

describe('The addresses of a user', () => {
  it('are added unproved, and listed after the primary one', async () => {
    const owner = await createOwner();
    const visitor = await signedIn(app, owner);
    const address = newAddress();
    const added = await visitor.request('POST', pathOf(owner.pk), { json: { address } });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ address, is_current: true, verified: null, is_primary: false });
    expect((await visitor.request('GET', pathOf(owner.pk))).body).toMatchObject([
      { address: owner.email, is_primary: true, verified: expect.any(String) },
      { address, is_primary: false, verified: null },
    ]);
    expect(await userOf(owner.pk)).toMatchObject({ email: owner.email, email_verified: true });
  });

  it('are changed by their owner with a fresh session, and otherwise only by callers who may change the user', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    const old = await signedInLongAgo(owner);
    const stranger = await signedIn(app, await createOwner());
    const viewer = await createActor(app, ['authentik_core.view_user']);
    const helper = await createActor(app, ['authentik_core.view_user']);
    await allow(app, helper.user.pk, {
      permissions: ['authentik_core.change_user'],
      model: 'authentik_core.user',
      object_pk: String(owner.pk),
    });
    for (const action of ['', 'remove/', 'make_primary/']) {
      const request = { json: { address: action === '' ? newAddress() : further } };
      const refused = await old.request('POST', pathOf(owner.pk, action), request);
      expect([refused.status, refused.body.detail]).toEqual([
        403,
        'Your sign-in is too long ago for this change. Sign in again.',
      ]);
      expect((await stranger.request('POST', pathOf(owner.pk, action), request)).status).toBe(403);
      expect((await viewer.api.post(pathOf(owner.pk, action), request.json)).status).toBe(403);
      expect((await viewer.api.post(pathOf(viewer.user.pk, action), request.json)).status).toBe(403);
    }
    expect((await addressesOf(owner.pk)).map(({ until }) => until)).toEqual([null, null]);
    expect((await helper.api.post(pathOf(owner.pk), { address: newAddress() })).status).toBe(201);
    expect((await old.request('GET', pathOf(owner.pk))).status).toBe(200);
  });

  it('of an account with more rights are not for callers who lack them', async () => {
    const { user } = await createActor(app, ['authentik_core.view_user', 'authentik_core.change_user']);
    const helper = await createActor(app, ['authentik_core.view_user', 'authentik_core.change_user']);
    const superuser = (await app.api.get('/core/users/?username=akadmin')).body.results[0].pk;
    expect((await helper.api.post(pathOf(superuser), { address: newAddress() })).status).toBe(403);
    expect((await helper.api.post(pathOf(user.pk), { address: newAddress() })).status).toBe(201);
  });

  it('stay fresh only by a proof: a flow that signs the same user in again renews nothing', async () => {
    const owner = await createOwner();
    const visitor = await signedInLongAgo(owner);
    const stages = [
      await createPromptStage(app.api, [{ field_key: 'name' }]),
      await createStage(app.api, 'user_write', { user_creation_mode: 'never_create' }),
      await createStage(app.api, 'user_login'),
    ];
    const keys = stages.map(({ pk }) => pk);
    const { flow } = await createFlowWith(app.api, keys, { designation: 'stage_configuration' });
    const key = visitor.cookies.get('authentik_session');
    await visitor.answer(flow.slug, { name: 'Olive' });
    expect(visitor.cookies.get('authentik_session')).not.toBe(key);
    expect((await visitor.request('GET', '/core/users/me/')).body.user.pk).toBe(owner.pk);
    const add = (): Promise<any> => visitor.request('POST', pathOf(owner.pk), { json: { address: newAddress() } });
    expect((await add()).status).toBe(403);
    await visitor.answer(signIn, { uid_field: owner.email, password: owner.password });
    expect((await add()).status).toBe(201);
  });

  it('are at most ten, in one spelling each', async () => {
    const owner = await createOwner();
    const spelled = owner.email.toUpperCase();
    expect((await app.api.post(pathOf(owner.pk), { address: spelled })).body).toEqual({
      address: ['The user has this address already.'],
    });
    for (let count = 1; count < 10; count += 1) await createFurtherAddress(app, owner.pk);
    expect((await app.api.post(pathOf(owner.pk), { address: newAddress() })).body.non_field_errors).toEqual([
      'A user can have at most 10 email addresses. Delete one that is no longer needed.',
    ]);
    const one = await createOwner();
    const address = newAddress();
    const answers = await Promise.all([1, 2, 3].map(() => app.api.post(pathOf(one.pk), { address })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
  });
});

describe('The primary address', () => {
  it('is one that its owner has proved; the earlier one stays with its proof, and gets a notice', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk);
    const visitor = await signedIn(app, owner);
    const make = (): Promise<any> =>
      visitor.request('POST', pathOf(owner.pk, 'make_primary/'), { json: { address: further } });
    expect((await make()).body).toEqual({ address: ['Verify this address first.'] });
    await proveAddress(app, owner.pk, further);
    expect((await make()).body).toMatchObject({ address: further, is_primary: true, verified: expect.any(String) });
    expect((await make()).status).toBe(200);
    expect(await userOf(owner.pk)).toMatchObject({ email: further, email_verified: true });
    expect(await addressesOf(owner.pk)).toMatchObject([
      { address: further, is_primary: true, until: null },
      { address: owner.email, is_primary: false, until: null, verified: expect.any(String) },
    ]);
    const notices = await noticesTo(owner.email, 3);
    const changed = notices.find(({ subject }) => subject === 'Your email address was changed – email-stage');
    expect(changed?.text).toContain('This address still belongs to it.');
  });

  it('is changed by its owner only if it is proved itself: an unproved one gets no notice that undoes the change', async () => {
    const owner = await createPasswordUser(app.api, { email: newAddress() });
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    const visitor = await signedIn(app, owner);
    const make = (): Promise<any> =>
      visitor.request('POST', pathOf(owner.pk, 'make_primary/'), { json: { address: further } });
    expect((await make()).body).toEqual({ address: ['Verify the current primary address first.'] });
    expect(await userOf(owner.pk)).toMatchObject({ email: owner.email });
    await proveAddress(app, owner.pk, owner.email);
    expect((await make()).body).toMatchObject({ address: further, is_primary: true });
    const without = await createPasswordUser(app.api, { email: '' });
    const only = await createFurtherAddress(app, without.pk, { isProved: true });
    const other = await signedIn(app, without);
    const made = await other.request('POST', pathOf(without.pk, 'make_primary/'), { json: { address: only } });
    expect(made.body).toMatchObject({ address: only, is_primary: true });
  });

  it('can be an unproved one for an administrator, and does not count as verified', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk);
    expect((await app.api.post(pathOf(owner.pk, 'make_primary/'), { address: further })).status).toBe(200);
    expect(await userOf(owner.pk)).toMatchObject({ email: further, email_verified: false });
  });

  it('keeps its proof if an administrator writes an address that the user has proved, and replaces the earlier one', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    await app.api.patch(`/core/users/${owner.pk}/`, { email: further });
    expect(await addressesOf(owner.pk)).toMatchObject([
      { address: further, is_primary: true, verified: expect.any(String) },
      { address: owner.email, is_current: false, until: expect.any(String) },
    ]);
  });

  it('is not the user name of another account', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk);
    await app.api.post('/core/users/', { username: further, name: '' });
    expect((await app.api.post(pathOf(owner.pk, 'make_primary/'), { address: further })).body).toEqual({
      email: ['This is the user name of another user.'],
    });
  });
});

describe('A removed address', () => {
  it('is neither the primary one, nor the only one that its owner has proved', async () => {
    const owner = await createReader(app.api, { email: newAddress() });
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    const visitor = await signedIn(app, owner);
    const remove = async (address: string): Promise<any> =>
      (await visitor.request('POST', pathOf(owner.pk, 'remove/'), { json: { address } })).body;
    expect(await remove(owner.email)).toEqual({
      address: ['This is the primary address. Make another address the primary one first.'],
    });
    expect(await remove(further)).toEqual({
      address: ['This is the only verified address. Verify another one first.'],
    });
    expect(await remove(newAddress())).toEqual({ address: ['The user does not have this address.'] });
    expect((await app.api.post(pathOf(owner.pk, 'remove/'), { address: further })).status).toBe(204);
    expect(await addressesOf(owner.pk)).toMatchObject([{ is_primary: true }, { address: further, is_current: false }]);
  });

  it('no longer recovers the account: links and requests for another mail end', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    const visitor = new Visitor(app.url);
    await visitor.answer(recovery, { uid_field: further });
    const { code } = await proofMail(sink, further);
    await app.api.post(pathOf(owner.pk, 'remove/'), { address: further });
    const after = await visitor.answer(recovery, { component: 'ak-stage-email', code });
    expect(after).toMatchObject({ component: 'ak-stage-email', response_errors: { code: expect.anything() } });
    const sent = sink.mails.filter(({ to }) => to === further).length;
    await visitor.answer(recovery, { component: 'ak-stage-email' });
    await noticesTo(owner.email, 2);
    expect(sink.mails.filter(({ to }) => to === further)).toHaveLength(sent);
  });

  it('has to be proved again once it is added again', async () => {
    const owner = await createOwner();
    const address = await createFurtherAddress(app, owner.pk, { isProved: true });
    await app.api.post(pathOf(owner.pk, 'remove/'), { address });
    expect(await createFurtherAddress(app, owner.pk, { address })).toBe(address);
    expect((await addressesOf(owner.pk)).at(-1)).toMatchObject({ address, is_current: true, verified: null });
  });
});

describe('A proved further address', () => {
  it('recovers the account by a mail to it, as it is stored, and signs in', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    const visitor = new Visitor(app.url);
    await visitor.answer(recovery, { uid_field: further.toUpperCase() });
    const { code, text } = await proofMail(sink, further);
    expect(text).toContain('reset the password');
    expect(await visitor.answer(recovery, { component: 'ak-stage-email', code })).toMatchObject({
      component: 'ak-stage-prompt',
    });
    await visitor.answer(recovery, { password: 'another secret 1', password_repeat: 'another secret 1' });
    expect((await visitor.request('GET', '/core/users/me/')).body.user.pk).toBe(owner.pk);
    const other = new Visitor(app.url);
    await other.answer(signIn, { uid_field: further, password: 'another secret 1' });
    expect((await other.request('GET', '/core/users/me/')).body.user.pk).toBe(owner.pk);
  });

  it('is for its account alone: a sign-up with it mails its owner there, and no account gets it as its user name', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    const [visitor, password] = [new Visitor(app.url), 'a new secret'];
    await visitor.answer(enrollment, { username: randomUUID(), password, password_repeat: password });
    await visitor.answer(enrollment, { name: 'Any', email: further });
    const [mail] = await noticesTo(further, 1);
    expect(mail?.subject).toBe('You already have an account – email-stage');
    const { status } = await app.api.post('/core/users/', { username: further, name: '' });
    expect(status).toBe(400);
    const another = await createOwner();
    await createFurtherAddress(app, another.pk, { address: further });
    await proveAddress(app, another.pk, further);
    expect((await addressesOf(another.pk)).at(-1)).toMatchObject({ address: further, verified: null });
  });

  it('is proved for one of two accounts that prove it at the same time', async () => {
    const [first, second] = [await createOwner(), await createOwner()];
    const address = newAddress();
    for (const { pk } of [first, second]) await createFurtherAddress(app, pk, { address });
    await Promise.all([first, second].map(({ pk }) => proveAddress(app, pk, address)));
    const proved = (await Promise.all([first, second].map(({ pk }) => addressesOf(pk)))).map(
      (rows) => rows.find((row) => row.address === address).verified !== null,
    );
    expect(proved.sort()).toEqual([false, true]);
  });

  it('is announced to the primary address, whose "this was not me" link removes it', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk, { isProved: true });
    const notices = await noticesTo(owner.email, 2);
    const added = notices.find(
      ({ subject }) => subject === 'The email addresses of your account were changed – email-stage',
    );
    const { text } = added!;
    expect(text).toContain(`Address: ${further}`);
    const browser = new PageBrowser(app.url);
    await browser.open(/(\/if\/not-me\/\S+)/.exec(text)![1]!);
    expect((await browser.submit()).html).toContain('Account secured');
    expect(await addressesOf(owner.pk)).toMatchObject([
      { address: owner.email, is_primary: true, verified: expect.any(String) },
      { address: further, is_current: false },
    ]);
  });
});

describe('An unproved further address', () => {
  it('recovers nothing, signs no one in, and keeps no one from signing up with it', async () => {
    const owner = await createOwner();
    const further = await createFurtherAddress(app, owner.pk);
    const visitor = new Visitor(app.url);
    await visitor.answer(recovery, { uid_field: further });
    const refused = await new Visitor(app.url).answer(signIn, { uid_field: further, password: owner.password });
    expect(refused).toMatchObject({ response_errors: expect.anything() });
    const [person, username, password] = [new Visitor(app.url), randomUUID(), 'a new secret'];
    await person.answer(enrollment, { username, password, password_repeat: password });
    await person.answer(enrollment, { name: 'Any', email: further });
    const { code, subject } = await proofMail(sink, further);
    expect(subject).toBe('Confirm your email address – email-stage');
    await person.answer(enrollment, { component: 'ak-stage-email', code });
    const { body } = await person.request('GET', '/core/users/me/');
    expect(body.user).toMatchObject({ username, email: further, email_verified: true });
    await proveAddress(app, owner.pk, further);
    expect((await addressesOf(owner.pk)).at(-1)).toMatchObject({ address: further, verified: null });
  });
});
