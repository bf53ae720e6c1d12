import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { noteProvedAddress } from '../../src/core/addresses/proved-addresses.js';
import { BootstrapService } from '../../src/core/bootstrap/bootstrap.service.js';
import { User } from '../../src/core/users/user.entity.js';
import { findUser } from '../../src/stages/identification/find-user.js';
import { applyBlueprints } from '../factories/default-flows.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createProofFlow, createReader } from '../factories/proof-flow.js';
import { createToken, keyOf } from '../factories/token.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
/** Receive the mails of the service and of the stages. */
let sink: SmtpSink;
let stageSink: SmtpSink;
let stagePort: number;

beforeAll(async () => {
  [sink, stageSink] = [new SmtpSink(), new SmtpSink()];
  stagePort = await stageSink.listen();
  const EMAIL_PORT = String(await sink.listen());
  const url = 'https://login.example.org';
  app = await startTestApp({ PUBLIC_URL: url, EMAIL_HOST: '127.0.0.1', EMAIL_PORT });
  await applyBlueprints(app);
});
afterAll(async () => {
  await app.stop();
  await Promise.all([sink.close(), stageSink.close()]);
});

interface Notice {
  readonly subject: string;
  readonly text: string;
  /** Path of its "this was not me" link; empty if it has none. */
  readonly notMe: string;
}

/** Waits until the address has received `count` mails of the service. @returns them in order of arrival */
async function mailsTo(address: string, count: number): Promise<Notice[]> {
  const mails = (): SmtpSink['mails'] => sink.mails.filter(({ to }) => to === address);
  await expect.poll(() => mails().length, { timeout: 20_000 }).toBe(count);
  return Promise.all(
    mails().map(async ({ source }) => {
      const { subject = '', text = '' } = await simpleParser(source);
      return { subject, text, notMe: /https:\/\/login\.example\.org(\/if\/not-me\/\S+)/.exec(text)?.[1] ?? '' };
    }),
  );
}

const queued = (address: string): Promise<{ template: string }[]> =>
  app.dataSource.query('select template from "mail_message" where recipient_address = $1', [address]);
const limitEvents = (user: number): Promise<{ change: string }[]> =>
  app.dataSource.query(
    `select context ->> 'change' as change from "event"
      where action = 'suspicious_request' and context ? 'change' and context #>> '{affected_user,pk}' = $1::text`,
    [user],
  );
const userOf = (pk: number): Promise<User> => app.dataSource.manager.findOneByOrFail(User, { pk });

/** A user with a proved address. */
async function createProvedReader(): Promise<Awaited<ReturnType<typeof createReader>>> {
  const user = await createReader(app.api);
  await noteProvedAddress(app.dataSource.manager, user.pk, user.email);
  return user;
}

async function press(path: string): Promise<string> {
  const browser = new PageBrowser(app.url);
  await browser.open(path);
  return (await browser.submit()).html;
}

describe('A new password', () => {
  it('is mailed to the user in their language, with a button that revokes all access and starts recovery', async () => {
    const attributes = { settings: { locale: 'de' } };
    const user = await createPasswordUser(app.api, { attributes });
    const [notice] = await mailsTo(user.email, 1);
    expect(notice!.subject).toBe('Ihr Passwort wurde geändert – email-stage');
    const key = await keyOf(app.api, (await createToken(app.api, { user: user.pk })).identifier);
    const browser = await signedIn(app, user);
    await new PageBrowser(app.url).open(notice!.notMe);
    expect((await browser.request('GET', '/core/users/me/')).status).toBe(200);
    expect(await press(notice!.notMe)).toContain('Account secured');
    expect((await browser.request('GET', '/core/users/me/')).status).toBe(403);
    expect((await app.client(key).get('/core/users/me/')).status).toBe(403);
    expect((await userOf(user.pk)).passwordHash).toBe('');
    expect((await new PageBrowser(app.url).open(notice!.notMe)).html).toContain('Already done');
    const { link, query } = await proofMail(sink, user.email, 3);
    expect(link).toContain('/if/flow/default-recovery-flow/');
    const owner = new Visitor(app.url);
    const { token } = await owner.see('default-recovery-flow', query);
    const form = await owner.answer('default-recovery-flow', { component: 'ak-stage-consent', token }, query);
    expect(form).toMatchObject({ component: 'ak-stage-prompt' });
  });
});

it('Pressing the administrator’s button revokes BOOTSTRAP_TOKEN until the next start', async () => {
  const [administrator] = (await app.api.get('/core/users/?username=akadmin')).body.results;
  const password = `new-${randomUUID()}`;
  expect((await app.api.post(`/core/users/${administrator.pk}/set_password/`, { password })).status).toBe(204);
  expect((await app.api.get('/core/users/me/')).status).toBe(200);
  const [notice] = await mailsTo(administrator.email, 1);
  await press(notice!.notMe);
  expect((await app.api.get('/core/users/me/')).status).toBe(403);
  await app.nest.get(BootstrapService).run();
  expect((await app.api.get('/core/users/me/')).status).toBe(200);
});

describe('A new address', () => {
  it('is mailed to the old address with a link that restores it, and not to the unproved new address', async () => {
    const user = await createProvedReader();
    const moved = `moved-${randomUUID()}@example.org`;
    await app.api.patch(`/core/users/${user.pk}/`, { email: moved });
    const [old] = await mailsTo(user.email, 1);
    expect(old!.subject).toBe('Your email address was changed – email-stage');
    expect(await queued(moved)).toEqual([]);
    expect(await press(old!.notMe)).toContain('Account secured');
    expect((await userOf(user.pk)).email).toBe(user.email);
    expect((await proofMail(sink, user.email, 2)).link).toContain('/if/flow/default-recovery-flow/');
  });

  it('is not mailed to an earlier address that was never proved', async () => {
    const user = await createProvedReader();
    const [mistyped, third] = [`mistyped-${randomUUID()}@example.org`, `third-${randomUUID()}@example.org`];
    await app.api.patch(`/core/users/${user.pk}/`, { email: mistyped });
    await app.api.patch(`/core/users/${user.pk}/`, { email: third });
    expect(await queued(mistyped)).toEqual([]);
    expect(await queued(third)).toEqual([]);
    await mailsTo(user.email, 1);
    const unproved = await createReader(app.api);
    await app.api.patch(`/core/users/${unproved.pk}/`, { email: `moved-${unproved.email}` });
    expect(await queued(unproved.email)).toEqual([]);
  });

  it('can be undone from the first address; the link to the second address is then invalid', async () => {
    const user = await createProvedReader();
    const [second, third] = [`second-${randomUUID()}@example.org`, `third-${randomUUID()}@example.org`];
    await app.api.patch(`/core/users/${user.pk}/`, { email: second });
    await noteProvedAddress(app.dataSource.manager, user.pk, second);
    await app.api.patch(`/core/users/${user.pk}/`, { email: third });
    const [first] = await mailsTo(user.email, 1);
    const [later] = await mailsTo(second, 1);
    expect(await press(first!.notMe)).toContain('Account secured');
    const browser = new PageBrowser(app.url);
    expect((await browser.open(later!.notMe)).html).toContain('This link is not valid');
    expect((await userOf(user.pk)).email).toBe(user.email);
  });
});

describe('An earlier address of another account', () => {
  it.each(['username', 'email', 'upn'])('as its %s is not restored, and the account stays locked', async (field) => {
    const user = await createProvedReader();
    const moved = `moved-${randomUUID()}@example.org`;
    await app.api.patch(`/core/users/${user.pk}/`, { email: moved });
    const other = field === 'upn' ? { attributes: { upn: user.email } } : { [field]: user.email };
    const { pk } = await createReader(app.api, other);
    if (field === 'email') await noteProvedAddress(app.dataSource.manager, pk, user.email);
    const [old] = await mailsTo(user.email, 1);
    expect(await press(old!.notMe)).toContain('Please contact an administrator');
    expect(await userOf(user.pk)).toMatchObject({ email: '', passwordHash: '' });
    const templates = [...(await queued(user.email)), ...(await queued(moved))].map(({ template }) => template);
    expect(templates).toEqual(['email/address_changed.html']);
  });

  it('is restored if the other account has not proved it', async () => {
    const user = await createProvedReader();
    await app.api.patch(`/core/users/${user.pk}/`, { email: `moved-${randomUUID()}@example.org` });
    await createReader(app.api, { email: user.email });
    const [old] = await mailsTo(user.email, 1);
    expect(await press(old!.notMe)).toContain('We sent you an email');
    const matching = { userFields: ['email'], caseInsensitiveMatching: true } as const;
    expect((await findUser(app.dataSource.manager, matching, user.email))?.pk).toBe(user.pk);
  });

  it('is restored if the other account awaits confirmation', async () => {
    const user = await createProvedReader();
    await app.api.patch(`/core/users/${user.pk}/`, { email: `moved-${randomUUID()}@example.org` });
    const { pk } = await createReader(app.api, { email: user.email, is_active: false });
    await app.dataSource.query('update "user" set awaits_confirmation = true where id = $1', [pk]);
    const [old] = await mailsTo(user.email, 1);
    expect(await press(old!.notMe)).toContain('We sent you an email');
    expect((await userOf(user.pk)).email).toBe(user.email);
  });
});

describe('Many changes', () => {
  it('are mailed five times a day for each kind; the last mail announces the limit, and an event records it', async () => {
    const user = await createReader(app.api);
    for (let index = 0; index < 7; index += 1) await createToken(app.api, { user: user.pk });
    await app.api.post(`/core/users/${user.pk}/set_password/`, { password: `new-${randomUUID()}` });
    const mails = await mailsTo(user.email, 6);
    const last = 'We will not email you about further changes of this kind';
    expect(mails.filter(({ subject }) => subject === 'A new API token was created – email-stage')).toHaveLength(5);
    expect(mails.filter(({ text }) => text.includes(last))).toHaveLength(1);
    expect(mails.filter(({ subject }) => subject === 'Your password was changed – email-stage')).toHaveLength(1);
    expect(await limitEvents(user.pk)).toEqual([{ change: 'token' }]);
    await app.dataSource.query(`update "request_limit" set ends = now() where key like 'notice:%'`);
    await createToken(app.api, { user: user.pk });
    await mailsTo(user.email, 7);
  });

  it('of an address are counted per account, not per recipient', async () => {
    const user = await createProvedReader();
    const addresses = Array.from({ length: 7 }, () => `moved-${randomUUID()}@example.org`);
    for (const email of addresses) {
      await app.api.patch(`/core/users/${user.pk}/`, { email });
      await noteProvedAddress(app.dataSource.manager, user.pk, email);
    }
    const counts = await Promise.all([user.email, ...addresses].map(async (address) => (await queued(address)).length));
    expect(counts).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect(await limitEvents(user.pk)).toEqual([{ change: 'address' }]);
  });

  it('that are refused are not counted', async () => {
    const user = await createProvedReader();
    const taken = (await createReader(app.api)).username;
    for (let index = 0; index < 6; index += 1) {
      await app.api.patch(`/core/users/${user.pk}/`, { email: `no-${index}@example.org`, username: taken });
    }
    await app.api.patch(`/core/users/${user.pk}/`, { email: `moved-${randomUUID()}@example.org` });
    const [notice] = await mailsTo(user.email, 1);
    expect(notice!.text).not.toContain('We will not email you');
  });
});

it('A notice of a new API token is mailed to the token’s owner', async () => {
  const user = await createReader(app.api);
  const { identifier } = await createToken(app.api, { user: user.pk });
  const [notice] = await mailsTo(user.email, 1);
  expect(notice!.subject).toBe('A new API token was created – email-stage');
  expect(notice!.text).toContain(identifier);
  expect(notice!.notMe).not.toBe('');
});

it('A link sends a notice to its owner if it is confirmed in another browser than the requesting browser', async () => {
  const { slug } = await createProofFlow(app.api, stagePort);
  const [here, elsewhere] = [await createReader(app.api), await createReader(app.api)];
  for (const { email } of [here, elsewhere]) {
    const asking = new Visitor(app.url);
    await asking.answer(slug, { uid_field: email });
    const { query } = await proofMail(stageSink, email);
    const confirming = email === here.email ? asking : new Visitor(app.url);
    const { token } = await confirming.see(slug, query);
    await confirming.answer(slug, { component: 'ak-stage-consent', token }, query);
  }
  const [notice] = await mailsTo(elsewhere.email, 1);
  expect(notice!.subject).toBe('A link was used in another browser – email-stage');
  expect((await queued(here.email)).filter(({ template }) => template.includes('elsewhere'))).toEqual([]);
});

it('Accounts awaiting confirmation, inactive accounts and service accounts get no notice', async () => {
  const waiting = await createReader(app.api, { is_active: false });
  await app.dataSource.query('update "user" set awaits_confirmation = true where id = $1', [waiting.pk]);
  const inactive = await createReader(app.api, { is_active: false });
  const program = await createReader(app.api, { type: 'service_account' });
  for (const { pk, email } of [waiting, inactive, program]) {
    await app.api.post(`/core/users/${pk}/set_password/`, { password: `new-${randomUUID()}` });
    await createToken(app.api, { user: pk });
    await app.api.patch(`/core/users/${pk}/`, { email: `moved-${email}` });
    expect([...(await queued(email)), ...(await queued(`moved-${email}`))]).toEqual([]);
  }
});

it('A refused change sends no notice', async () => {
  const user = await createReader(app.api);
  const taken = (await createReader(app.api)).username;
  const { status } = await app.api.patch(`/core/users/${user.pk}/`, { email: 'other@example.org', username: taken });
  expect(status).toBe(400);
  expect(await queued(user.email)).toEqual([]);
});
