import { randomUUID } from 'node:crypto';

import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createRecoveryFlow } from '../factories/account-flows.js';
import { createActor } from '../factories/actor.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordFlow } from '../factories/password-flow.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createPromptStage, signUpPrompts } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { attemptSignIn } from '../support/sign-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let slug: string;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp();
  const stages = [
    await createPromptStage(app.api, signUpPrompts),
    await createStage(app.api, 'user_write', { create_users_as_inactive: true }),
    await createEmailStage(app.api, {
      host: '127.0.0.1',
      port,
      template: 'email/account_confirmation.html',
      subject: 'Confirm',
      activate_user_on_success: true,
      recovery_max_attempts: 2,
    }),
    await createStage(app.api, 'user_login'),
  ];
  const keys = stages.map(({ pk }) => pk);
  const { flow } = await createFlowWith(app.api, keys, {
    designation: 'enrollment',
    authentication: 'require_unauthenticated',
  });
  slug = flow.slug;
  await createRecoveryFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query('delete from "request_limit"'));

const end = { component: 'xak-flow-redirect', to: '/' };
const waiting = { component: 'ak-stage-email' };
const first = 'the first password';

interface SignUp {
  readonly username: string;
  readonly email: string;
}

async function signUp(
  names?: SignUp,
  password = first,
  visitor = new Visitor(app.url),
): Promise<SignUp & { answer: any }> {
  const username = randomUUID();
  const { username: name, email } = names ?? { username, email: `${username}@example.org` };
  const answer = await visitor.answer(slug, { component: 'ak-stage-prompt', username: name, email, password });
  return { username: name, email, answer };
}

async function confirm(visitor: Visitor, { query }: ProofMail): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

const usersOf = (email: string): Promise<User[]> => app.dataSource.manager.findBy(User, { email });
const knows = async (email: string, password: string): Promise<boolean> => {
  const [user] = await usersOf(email);
  return user !== undefined && user.passwordHash !== '' && verify(user.passwordHash, password);
};

describe.each([
  ['one step', true],
  ['two steps', false],
])('The correct password of an unconfirmed account, in %s', (_, isOneStep) => {
  it('redirects to the sign-up, which asks for confirmation and sends another link', async () => {
    const { email, username } = await signUp();
    const flow = await createPasswordFlow(app.api, isOneStep);
    const visitor = new Visitor(app.url);
    const query = 'next=%2Fapi%2Fv3%2Fdocs%2F';
    if (!isOneStep) await visitor.answer(flow, { uid_field: username }, query);
    const answers = { ...(isOneStep && { uid_field: username }), password: first };
    const to = `/if/flow/${slug}/?next=%2Fapi%2Fv3%2Fdocs%2F`;
    expect(await visitor.answer(flow, answers, query)).toMatchObject({ component: 'xak-flow-redirect', to });
    expect(await visitor.see(slug)).toMatchObject({
      ...waiting,
      messages: [{ level: 'info', text: 'Confirm your email address first.' }],
    });
    expect(await confirm(visitor, await proofMail(sink, email, 2))).toMatchObject(end);
    expect([(await usersOf(email))[0]?.isActive, await knows(email, first)]).toEqual([true, true]);
  });

  it('is required: a wrong one gets the response for unknown and deactivated users', async () => {
    const { email } = await signUp();
    const deactivated = await createPasswordUser(app.api, { is_active: false, password: first });
    const flow = await createPasswordFlow(app.api, isOneStep);
    const attempt = async (name: string, password: string): Promise<unknown> => {
      const answers = await attemptSignIn(app.url, flow, name, password, isOneStep);
      return answers.map(({ status, body }) => [status, JSON.stringify(body ?? null).replaceAll(name, 'name')]);
    };
    const unknown = await attempt(`${randomUUID()}@example.org`, first);
    // Avatars depend on the entered name.
    const plain = (answers: unknown): unknown => JSON.stringify(answers).replaceAll(/data:image[^"\\]*/g, '');
    expect(plain(await attempt(email, 'another password'))).toBe(plain(unknown));
    expect(plain(await attempt(deactivated.email, first))).toBe(plain(unknown));
  });
});

describe('/core/users/{id}/confirmation_email/', () => {
  const resend = async (email: string, headers = {}): Promise<{ status: number; body: any }> => {
    const [user] = await usersOf(email);
    return app.api.post(`/core/users/${user!.pk}/confirmation_email/`, undefined, { headers });
  };

  it('mails a link that confirms the sign-up, once for an idempotency key and within the limits of the stage', async () => {
    const visitor = new Visitor(app.url);
    const { email } = await signUp(undefined, first, visitor);
    const [user] = await usersOf(email);
    expect((await app.api.get(`/core/users/${user!.pk}/`)).body).toMatchObject({
      has_password: true,
      awaits_confirmation: true,
    });
    const headers = { 'Idempotency-Key': randomUUID() };
    expect([(await resend(email, headers)).status, (await resend(email, headers)).status]).toEqual([204, 204]);
    const mail = await proofMail(sink, email, 2);
    const refused = await resend(email);
    expect(refused.status).toBe(429);
    expect(await confirm(visitor, mail)).toMatchObject(end);
    expect((await app.api.get(`/core/users/${user!.pk}/`)).body).toMatchObject({
      is_active: true,
      email_verified: true,
      awaits_confirmation: false,
    });
    await app.dataSource.query('delete from "request_limit"');
    expect(await resend(email)).toMatchObject({
      status: 400,
      body: { non_field_errors: ['The user does not await confirmation.'] },
    });
  });

  it('lets the reader of the mail choose the password in another browser', async () => {
    const { email } = await signUp();
    await resend(email);
    const answer = await confirm(new Visitor(app.url), await proofMail(sink, email, 2));
    expect(answer).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('needs a flow that confirms the address, and the permission to change users', async () => {
    const { email } = await signUp();
    const { pk } = (await app.api.get(`/flows/instances/${slug}/`)).body;
    const [user] = await usersOf(email);
    const reader = await createActor(app, ['authentik_core.view_user']);
    expect((await reader.api.post(`/core/users/${user!.pk}/confirmation_email/`)).status).toBe(403);
    await app.dataSource.query(`update "flow" set designation = 'stage_configuration' where flow_uuid = $1`, [pk]);
    const { status, body } = await resend(email);
    await app.dataSource.query(`update "flow" set designation = 'enrollment' where flow_uuid = $1`, [pk]);
    expect([status, body]).toEqual([
      400,
      { non_field_errors: ['No enrollment flow confirms the address of the user.'] },
    ]);
  });
});

describe('An unconfirmed account', () => {
  it('is mailed on sign-in only as often as recovery_max_attempts allows', async () => {
    const { email, username } = await signUp();
    const flow = await createPasswordFlow(app.api, true);
    for (const _ of [1, 2, 3]) {
      const visitor = new Visitor(app.url);
      await visitor.answer(flow, { uid_field: username, password: first });
      expect(await visitor.see(slug)).toMatchObject(waiting);
    }
    const queued = `select from "mail_message" where recipient_address = $1`;
    expect(await app.dataSource.query(queued, [email])).toHaveLength(2);
  });

  it('is redirected to its sign-up on pages, with a message', async () => {
    const { username } = await signUp();
    const flow = await createPasswordFlow(app.api, true);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${flow}/`);
    const { html, address } = await browser.submit({ uid_field: username, password: first });
    expect(address).toBe(`/if/flow/${slug}/`);
    expect(html).toContain('Confirm your email address first.');
    expect(html).toContain('Check your inbox');
  });

  it('gets the response for a wrong password if no flow can confirm it', async () => {
    const { username } = await signUp();
    const flow = await createPasswordFlow(app.api, true);
    await app.api.patch(`/flows/instances/${slug}/`, { designation: 'stage_configuration' });
    const answer = await new Visitor(app.url).answer(flow, { uid_field: username, password: first });
    await app.api.patch(`/flows/instances/${slug}/`, { designation: 'enrollment' });
    expect(answer).toMatchObject({
      response_errors: { non_field_errors: [{ string: 'Failed to authenticate.' }] },
    });
  });
});

describe('A second sign-up with the names of an unconfirmed account', () => {
  it('sends another mail, and creates no account', async () => {
    const { answer: fresh, ...names } = await signUp();
    const { answer } = await signUp({ username: names.username.toUpperCase(), email: names.email.toUpperCase() });
    expect(answer).toEqual(fresh);
    expect((await proofMail(sink, names.email, 2)).subject).toBe('Confirm');
    expect(await usersOf(names.email)).toHaveLength(1);
  });

  it('sets its password on the account after confirmation in the same browser', async () => {
    const names = await signUp();
    const visitor = new Visitor(app.url);
    await signUp(names, 'the second password', visitor);
    const { code } = await proofMail(sink, names.email, 2);
    expect(await knows(names.email, first)).toBe(true);
    expect(await visitor.answer(slug, { code })).toMatchObject(end);
    expect([await knows(names.email, first), await knows(names.email, 'the second password')]).toEqual([false, true]);
  });

  it('does not set its password on the account after confirmation in another browser', async () => {
    const names = await signUp();
    await signUp(names, 'typed by a stranger');
    const owner = new Visitor(app.url);
    expect(await confirm(owner, await proofMail(sink, names.email, 2))).toMatchObject({ component: 'ak-stage-prompt' });
    await owner.answer(slug, { password: 'chosen by the owner', password_repeat: 'chosen by the owner' });
    expect(await knows(names.email, 'chosen by the owner')).toBe(true);
  });

  it('does not change the password if the first browser confirms', async () => {
    const visitor = new Visitor(app.url);
    const names = await signUp(undefined, first, visitor);
    await signUp(names, 'typed by a stranger');
    expect(await confirm(visitor, await proofMail(sink, names.email))).toMatchObject(end);
    expect(await knows(names.email, first)).toBe(true);
  });

  it('is refused with another address, whether the first address is taken or not', async () => {
    const { email: taken } = await createPasswordUser(app.api);
    for (const email of [taken, `${randomUUID()}@example.org`]) {
      const username = randomUUID();
      for (const _ of [1, 2]) expect((await signUp({ username, email })).answer).toMatchObject(waiting);
      const { answer } = await signUp({ username, email: `${randomUUID()}@example.org` });
      expect(answer).toMatchObject({ response_errors: { username: [{ string: 'Username is already taken.' }] } });
    }
  });

  it('is refused by a form without an address field', async () => {
    const names = await signUp();
    const form = await createPromptStage(app.api, [{ field_key: 'username', label: 'Username', type: 'username' }]);
    const write = await createStage(app.api, 'user_write', { create_users_as_inactive: true });
    const { pk } = await createEmailStage(app.api);
    const { flow } = await createFlowWith(app.api, [form.pk, write.pk, pk], { designation: 'enrollment' });
    expect(await new Visitor(app.url).answer(flow.slug, names)).toMatchObject({
      response_errors: { username: [{ string: 'Username is already taken.' }] },
    });
    await app.api.delete(`/flows/instances/${flow.slug}/`);
  });
});

describe('An expired link of a sign-up', () => {
  const expire = (): Promise<unknown> => app.dataSource.query('update flow_token set expires = now()');

  it('leads to a new confirmation link, not to a password reset', async () => {
    const { email } = await signUp();
    const { query } = await proofMail(sink, email);
    await expire();
    const visitor = new Visitor(app.url);
    const { error_message } = await visitor.see(slug, query);
    expect(error_message).toMatch(/^This link has expired\. Request a new link: http/);
    expect(error_message.endsWith(`/if/flow/${slug}/?new_link=1`)).toBe(true);
    expect(await visitor.see(slug, 'new_link=1')).toMatchObject(waiting);
    const mail = await proofMail(sink, email, 2);
    expect(mail.subject).toBe('Confirm');
    expect(mail.query).not.toContain('new_link');
    // The visitor who requests the link may not be the one who signed up.
    expect(await confirm(visitor, mail)).toMatchObject({ component: 'ak-stage-prompt' });
    const chosen = { password: 'chosen afterwards', password_repeat: 'chosen afterwards' };
    expect(await visitor.answer(slug, chosen)).toMatchObject(end);
    expect(await knows(email, 'chosen afterwards')).toBe(true);
  });

  it('has a button that sends one mail, even if the next page is reloaded', async () => {
    const { email } = await signUp();
    const { link } = await proofMail(sink, email);
    await expire();
    const browser = new PageBrowser(app.url);
    const { pathname, search } = new URL(link);
    const { html } = await browser.open(`${pathname}${search}`);
    const [, href = ''] = /href="([^"]+)">Request a new link</.exec(html) ?? [];
    for (const _ of [1, 2]) expect((await browser.open(href)).html).toContain('Check your inbox');
    await proofMail(sink, email, 2);
    const queued = `select from "mail_message" where recipient_address = $1`;
    expect(await app.dataSource.query(queued, [email])).toHaveLength(2);
  });

  it('leads to the sign-up form after its account was deleted', async () => {
    const { email, username } = await signUp();
    const { query } = await proofMail(sink, email);
    await expire();
    await app.dataSource.manager.delete(User, { username });
    const visitor = new Visitor(app.url);
    expect((await visitor.see(slug, query)).error_message).toMatch(new RegExp(`/if/flow/${slug}/$`));
    expect(await visitor.see(slug, 'new_link=1')).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('does not lead to the sign-up after its account was confirmed', async () => {
    const { email } = await signUp();
    const { query } = await proofMail(sink, email);
    await app.dataSource.query('update "user" set is_active = true, awaits_confirmation = false where email = $1', [
      email,
    ]);
    await expire();
    const visitor = new Visitor(app.url);
    const { error_message } = await visitor.see(slug, query);
    expect(error_message).not.toContain(slug);
    expect(await visitor.see(slug, 'new_link=1')).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('sends no new link to a browser that has not opened it', async () => {
    await signUp();
    await expire();
    expect(await new Visitor(app.url).see(slug, 'new_link=1')).toMatchObject({ component: 'ak-stage-prompt' });
  });
});
