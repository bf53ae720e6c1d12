import { randomUUID } from 'node:crypto';

import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createToken, keyOf } from '../factories/token.js';
import { PageBrowser } from '../support/page-browser.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let slug: string;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp();
  slug = await createEnrollmentFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const typed = 'typed by a stranger';
const chosen = 'chosen by the owner';
const end = { component: 'xak-flow-redirect', to: '/' };

interface SignUp {
  readonly visitor: Visitor;
  readonly email: string;
  readonly mail: ProofMail;
}

/** Signs up with an address and a password. */
async function signUp(): Promise<SignUp> {
  const [visitor, username] = [new Visitor(app.url), randomUUID()];
  const email = `${username}@example.org`;
  await visitor.answer(slug, { username, password: typed, password_repeat: typed });
  await visitor.answer(slug, { name: 'Of a stranger', email });
  return { visitor, email, mail: await proofMail(sink, email) };
}

async function confirm(visitor: Visitor, { query }: ProofMail, flow = slug): Promise<any> {
  const { token } = await visitor.see(flow, query);
  return visitor.answer(flow, { component: 'ak-stage-consent', token }, query);
}

const userOf = (email: string): Promise<User> => app.dataSource.manager.findOneByOrFail(User, { email });
const knows = async (email: string, password: string): Promise<boolean> => {
  const { passwordHash } = await userOf(email);
  return passwordHash !== '' && verify(passwordHash, password);
};

describe('A sign-up confirmed in another browser', () => {
  it('is activated with a new password chosen there; the first password and earlier tokens are invalid', async () => {
    const { email, mail } = await signUp();
    const { pk } = await userOf(email);
    const { identifier } = await createToken(app.api, { user: pk });
    const key = await keyOf(app.api, identifier);
    const owner = new Visitor(app.url);
    expect(await confirm(owner, mail)).toMatchObject({
      component: 'ak-stage-prompt',
      fields: [
        { field_key: 'password', type: 'password', required: true },
        { field_key: 'password_repeat', type: 'password', required: true },
      ],
    });
    expect(await owner.answer(slug, { password: chosen, password_repeat: typed })).toMatchObject({
      component: 'ak-stage-prompt',
      response_errors: { non_field_errors: [{ string: "Passwords don't match." }] },
    });
    expect(await owner.answer(slug, {})).toMatchObject({ response_errors: { password: [{ code: 'required' }] } });
    expect(await owner.answer(slug, { password: 'iloveyou', password_repeat: 'iloveyou' })).toMatchObject({
      response_errors: { password: [{ string: expect.stringContaining('one of the most common passwords') }] },
    });
    expect(await userOf(email)).toMatchObject({ isActive: false, awaitsConfirmation: true });
    expect(await owner.answer(slug, { password: chosen, password_repeat: chosen })).toMatchObject(end);
    expect((await owner.request('GET', '/core/users/me/')).body.user.pk).toBe(pk);
    expect([await knows(email, typed), await knows(email, chosen)]).toEqual([false, true]);
    expect((await app.client(key).get('/core/users/me/')).status).toBe(403);
  });

  it('does not sign in the first browser, but shows there that it was confirmed elsewhere', async () => {
    const { visitor, email, mail } = await signUp();
    const owner = new Visitor(app.url);
    await confirm(owner, mail);
    await owner.answer(slug, { password: chosen, password_repeat: chosen });
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-email', confirmed: true });
    expect(await visitor.answer(slug, { code: mail.code })).toMatchObject({ component: 'ak-stage-email' });
    expect((await visitor.request('GET', '/core/users/me/')).status).toBe(403);
    expect(await knows(email, chosen)).toBe(true);
  });

  it('continues with the password form after the page is reopened', async () => {
    const { mail } = await signUp();
    const owner = new Visitor(app.url);
    await confirm(owner, mail);
    expect(await owner.see(slug, mail.query)).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('asks for the new password on pages without a script', async () => {
    const { email, mail } = await signUp();
    const owner = new PageBrowser(app.url);
    const { pathname, search } = new URL(mail.link);
    await owner.open(`${pathname}${search}`);
    const { html } = await owner.submit();
    expect(html).toContain('the one entered there is not used.');
    await owner.submit({ password: chosen, password_repeat: chosen });
    expect([(await userOf(email)).isActive, await knows(email, chosen)]).toEqual([true, true]);
  });
});

describe('A sign-up', () => {
  it('confirmed in the same browser keeps its password, by link and by code', async () => {
    const [byLink, byCode] = [await signUp(), await signUp()];
    expect(await confirm(byLink.visitor, byLink.mail)).toMatchObject(end);
    expect(await byCode.visitor.answer(slug, { code: byCode.mail.code })).toMatchObject(end);
    for (const { email } of [byLink, byCode]) {
      expect([(await userOf(email)).isActive, await knows(email, typed)]).toEqual([true, true]);
    }
  });

  it('without a password is confirmed in any browser without another form', async () => {
    const stages = [
      await createPromptStage(app.api, [
        { field_key: 'username', type: 'username' },
        { field_key: 'email', type: 'email' },
      ]),
      await createStage(app.api, 'user_write', { create_users_as_inactive: true }),
      await createEmailStage(app.api, { host: '127.0.0.1', port, activate_user_on_success: true }),
      await createStage(app.api, 'user_login'),
    ];
    const { flow } = await createFlowWith(
      app.api,
      stages.map(({ pk }) => pk),
      { designation: 'enrollment' },
    );
    const username = randomUUID();
    const email = `${username}@example.org`;
    await new Visitor(app.url).answer(flow.slug, { username, email });
    expect(await confirm(new Visitor(app.url), await proofMail(sink, email), flow.slug)).toMatchObject(end);
  });
});

describe('An unconfirmed account', () => {
  it('loses its password after a recovery proves its address, and the recovery asks for a new one', async () => {
    const recovery = await createRecoveryFlow(app.api, { port });
    const { email } = await signUp();
    const owner = new Visitor(app.url);
    await owner.answer(recovery, { uid_field: email });
    expect(await confirm(owner, await proofMail(sink, email, 2), recovery)).toMatchObject({
      component: 'ak-stage-prompt',
    });
    expect(await userOf(email)).toMatchObject({ isActive: true, passwordHash: '' });
    expect(await owner.answer(recovery, { password: chosen, password_repeat: chosen })).toMatchObject(end);
    expect(await knows(email, chosen)).toBe(true);
  });

  it('requires a new password if a sign-in flow activates it by mail', async () => {
    const stages = [
      await createStage(app.api, 'identification'),
      await createEmailStage(app.api, { host: '127.0.0.1', port, activate_user_on_success: true }),
      await createStage(app.api, 'user_login'),
    ];
    const { flow } = await createFlowWith(
      app.api,
      stages.map(({ pk }) => pk),
    );
    const { email } = await signUp();
    const owner = new Visitor(app.url);
    await owner.answer(flow.slug, { uid_field: email });
    const { code } = await proofMail(sink, email, 2);
    expect(await owner.answer(flow.slug, { code })).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await owner.answer(flow.slug, { password: chosen, password_repeat: chosen })).toMatchObject(end);
    expect([await knows(email, typed), await knows(email, chosen)]).toEqual([false, true]);
  });
});
