import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { noteProvedAddress } from '../../src/core/addresses/proved-addresses.js';
import { applyBlueprints } from '../factories/default-flows.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

const slug = 'default-email-change-flow';
const end = { component: 'xak-flow-redirect', to: '/' };

let app: TestApp;
let sink: SmtpSink;

beforeAll(async () => {
  sink = new SmtpSink();
  app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(await sink.listen()) });
  await applyBlueprints(app);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const newAddress = (): string => `a-${randomUUID()}@example.org`;
const userOf = async (pk: number): Promise<any> => (await app.api.get(`/core/users/${pk}/`)).body;

/** A user with a proved address and a password. */
async function createOwner(): Promise<{ pk: number; email: string; password: string }> {
  const email = newAddress();
  const { pk, password } = await createPasswordUser(app.api, { email });
  await noteProvedAddress(app.dataSource.manager, pk, email);
  return { pk, email, password };
}

/** Returns a browser in which the user has signed in some minutes ago. */
async function signedInAgo(user: { pk: number }, minutes: number): Promise<Visitor> {
  const visitor = await signedIn(app, user);
  await app.dataSource.query(
    `update "session" set authenticated = now() - $2 * interval '1 minute' where user_id = $1`,
    [user.pk, minutes],
  );
  return visitor;
}

describe('The flow that changes an address', () => {
  it('asks for the password, and gives the new address after a mail to it was confirmed', async () => {
    const owner = await createOwner();
    const visitor = await signedInAgo(owner, 11);
    const email = newAddress();
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-password' });
    expect(await visitor.answer(slug, { password: owner.password })).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await visitor.answer(slug, { email })).toMatchObject({ component: 'ak-stage-email' });
    expect(await userOf(owner.pk)).toMatchObject({ email: owner.email, email_verified: true });
    const { code, subject, text } = await proofMail(sink, email);
    expect(subject).toBe('Confirm your new email address – email-stage');
    expect(text).toContain('An account at email-stage is about to get this email address.');
    expect(await visitor.answer(slug, { component: 'ak-stage-email', code })).toMatchObject(end);
    expect(await userOf(owner.pk)).toMatchObject({ email, email_verified: true });
  });

  it('asks users who have signed in lately for no password, so that those without one can use it', async () => {
    const withPassword = await createOwner();
    const without = await createReader(app.api, { email: newAddress() });
    await noteProvedAddress(app.dataSource.manager, without.pk, without.email);
    for (const user of [withPassword, without]) {
      const visitor = await signedInAgo(user, 9);
      const email = newAddress();
      expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-prompt' });
      await visitor.answer(slug, { email });
      const { code } = await proofMail(sink, email);
      expect(await visitor.answer(slug, { component: 'ak-stage-email', code })).toMatchObject(end);
      expect(await userOf(user.pk)).toMatchObject({ email, email_verified: true });
    }
  });

  it('asks for the password if the sign-in was longer ago, and passes no one without it', async () => {
    const without = await createReader(app.api, { email: newAddress() });
    const visitor = await signedInAgo(without, 11);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-password' });
    expect(await visitor.answer(slug, { password: '' })).toMatchObject({ component: 'ak-stage-password' });
    expect(await visitor.answer(slug, { email: newAddress() })).toMatchObject({ component: 'ak-stage-password' });
  });

  it('asks for the password if the address of the account is unproved, since its owner may get no notice', async () => {
    const visitor = await signedInAgo(await createPasswordUser(app.api, { email: newAddress() }), 1);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-password' });
  });

  it('accepts a fresh session for its own account alone', async () => {
    const [owner, other] = [await createOwner(), await createOwner()];
    const { pk: password } = await createStage(app.api, 'password', { accept_fresh_session: true });
    const { pk: identification } = await createStage(app.api, 'identification');
    const { flow } = await createFlowWith(app.api, [identification, password], { authentication: 'none' });
    const visitor = await signedIn(app, owner);
    expect(await visitor.answer(flow.slug, { uid_field: other.email })).toMatchObject({
      component: 'ak-stage-password',
    });
    const anonymous = new Visitor(app.url);
    expect(await anonymous.answer(flow.slug, { uid_field: owner.email })).toMatchObject({
      component: 'ak-stage-password',
    });
  });

  it('can be undone from the earlier address for seven days, which ends the sessions', async () => {
    const owner = await createOwner();
    const visitor = await signedInAgo(owner, 11);
    const email = newAddress();
    await visitor.answer(slug, { password: owner.password });
    await visitor.answer(slug, { email });
    const { code } = await proofMail(sink, email);
    await visitor.answer(slug, { component: 'ak-stage-email', code });
    // The first mail is the notice about the password.
    const toOwner = (): SmtpSink['mails'] => sink.mails.filter(({ to }) => to === owner.email);
    await expect.poll(() => toOwner().length, { timeout: 20_000 }).toBe(2);
    const { text = '' } = await simpleParser(toOwner()[1]!.source);
    await app.dataSource.query(
      `update "not_me_link" set created = created - interval '167 hours',
      expires = expires - interval '167 hours' where address = $1`,
      [owner.email],
    );
    const browser = new PageBrowser(app.url);
    await browser.open(/(\/if\/not-me\/\S+)/.exec(text)![1]!);
    expect((await browser.submit()).html).toContain('Account secured');
    expect(await userOf(owner.pk)).toMatchObject({ email: owner.email, email_verified: true });
    expect((await visitor.request('GET', '/core/users/me/')).status).toBe(403);
  });

  it('is for signed-in visitors only, and changes nothing without the password', async () => {
    expect(await new Visitor(app.url).see(slug)).not.toMatchObject({ component: 'ak-stage-password' });
    const owner = await createOwner();
    const visitor = await signedInAgo(owner, 11);
    await visitor.see(slug);
    expect((await visitor.answer(slug, { password: 'wrong' })).response_errors).toMatchObject({
      password: [{ string: 'Invalid password' }],
    });
    expect(await visitor.answer(slug, { email: newAddress() })).toMatchObject({ component: 'ak-stage-password' });
    expect((await userOf(owner.pk)).email).toBe(owner.email);
  });

  it('is linked from the page of signed-in visitors', async () => {
    const { cookies } = await signedIn(app, await createOwner());
    const browser = new PageBrowser(app.url);
    expect((await browser.open('/')).html).not.toContain(slug);
    browser.cookies.set('authentik_session', cookies.get('authentik_session')!);
    expect((await browser.open('/')).html).toContain(`href="/if/flow/${slug}/"`);
  });
});
