import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createActor } from '../factories/actor.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createInvitation, createInvitationStage } from '../factories/invitation.js';
import { createPromptStage, signUpPrompts } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

const path = '/stages/invitation/invitations/';

let app: TestApp;
let flow: { pk: string; slug: string };
const sink = new SmtpSink();

beforeAll(async () => {
  const port = await sink.listen();
  app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(port) });
  const stages = [
    await createInvitationStage(app.api),
    await createPromptStage(app.api, signUpPrompts),
    await createStage(app.api, 'user_write', { create_users_as_inactive: true }),
    await createEmailStage(app.api, {
      host: '127.0.0.1',
      port,
      template: 'email/account_confirmation.html',
      activate_user_on_success: true,
    }),
    await createStage(app.api, 'user_login'),
  ];
  const keys = stages.map(({ pk }) => pk);
  flow = (await createFlowWith(app.api, keys, { designation: 'enrollment' })).flow;
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const newAddress = (): string => `i-${randomUUID()}@example.org`;

async function invite(fields: object = {}): Promise<string> {
  return (await createInvitation(app.api, { flow: flow.pk, single_use: true, ...fields })).pk;
}

/** Mails an invitation. @returns the query of the link in the mail */
async function mailed(
  pk: string,
  email: string,
  number = 1,
): Promise<{ query: string; subject: string; text: string }> {
  const { status } = await app.api.post(`${path}${pk}/send_email/`, { email });
  expect(status).toBe(204);
  const mails = (): SmtpSink['mails'] => sink.mails.filter(({ to }) => to === email);
  await expect.poll(() => mails().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(number);
  const { subject = '', text = '' } = await simpleParser(mails()[number - 1]!.source);
  return { query: /\?(itoken=[0-9a-f]{64})\b/.exec(text)?.[1] ?? '', subject, text };
}

/** Opens a link and presses its button. @returns a browser at the form, or what it sees in its place */
async function accept(query: string): Promise<{ visitor: Visitor; challenge: any }> {
  const visitor = new Visitor(app.url);
  const { component, token } = await visitor.see(flow.slug, query);
  expect(component).toBe('ak-stage-consent');
  return { visitor, challenge: await visitor.answer(flow.slug, { component, token }, query) };
}

/** Signs up in a browser at the form. @returns the addresses of the account */
async function signUp(visitor: Visitor, query: string, email: string): Promise<any[]> {
  const username = randomUUID();
  await visitor.answer(flow.slug, { component: 'ak-stage-prompt', username, email, password: 'a new secret' }, query);
  const { pk } = await app.dataSource.manager.findOneByOrFail(User, { username });
  return (await app.api.get(`/core/users/${pk}/addresses/`)).body;
}

describe('The mail of an invitation', () => {
  it('leads to its flow by a secret that neither the invitation nor the outbox has', async () => {
    const [pk, email] = [await invite(), newAddress()];
    const { query, subject, text } = await mailed(pk, email);
    expect(subject).toBe('You have been invited – email-stage');
    expect(text).toContain(`/if/flow/${flow.slug}/?${query}`);
    expect(text).not.toContain(pk);
    const { body } = await app.api.get(`${path}${pk}/`);
    expect(body.mailed_to).toBe(email);
    const rows = await app.dataSource.query('select row_to_json(m)::text as row from "mail_message" m');
    expect(JSON.stringify([body, rows])).not.toContain(query.slice('itoken='.length));
    expect(JSON.stringify(rows)).not.toContain(pk);
  });

  it('is in the language of the request', async () => {
    const [pk, email] = [await invite(), newAddress()];
    await app.api.post(`${path}${pk}/send_email/`, { email, locale: 'de' });
    await expect.poll(() => sink.mails.filter(({ to }) => to === email).length, { timeout: 20_000 }).toBe(1);
    const { source } = sink.mails.find(({ to }) => to === email)!;
    expect((await simpleParser(source)).subject).not.toContain('invited');
  });

  it('takes the permission to change the invitation, a flow, and a time that is not over', async () => {
    const pk = await invite();
    const { api } = await createActor(app, ['authentik_stages_invitation.view_invitation']);
    expect((await api.post(`${path}${pk}/send_email/`, { email: newAddress() })).status).toBe(404);
    const anywhere = await invite({ flow: null });
    expect((await app.api.post(`${path}${anywhere}/send_email/`, { email: newAddress() })).body).toEqual({
      non_field_errors: ['Limit the invitation to a flow first: its link leads there.'],
    });
    const over = await invite({ expires: '2020-01-01T00:00:00Z' });
    expect((await app.api.post(`${path}${over}/send_email/`, { email: newAddress() })).body).toEqual({
      non_field_errors: ['The invitation has expired.'],
    });
    expect((await app.api.post(`${path}${pk}/send_email/`, { email: 'x' })).status).toBe(400);
  });

  it('is sent to one mailbox at most five times in five minutes, once for an idempotency key', async () => {
    const [pk, email] = [await invite(), newAddress()];
    const headers = { 'idempotency-key': randomUUID() };
    const send = async (options: object = {}): Promise<number> =>
      (await app.api.request('POST', `${path}${pk}/send_email/`, { json: { email }, ...options })).status;
    expect([await send({ headers }), await send({ headers })]).toEqual([204, 204]);
    for (let count = 2; count <= 5; count += 1) expect(await send()).toBe(204);
    expect(await send()).toBe(429);
    expect(await send({ headers })).toBe(204);
  });
});

describe('A sign-up by the link of that mail', () => {
  it('proves the address that it was mailed to', async () => {
    const email = newAddress();
    const { query } = await mailed(await invite(), email);
    const { visitor, challenge } = await accept(query);
    expect(challenge.component).toBe('ak-stage-prompt');
    expect(await signUp(visitor, query, email)).toMatchObject([
      { address: email, verified: expect.any(String), method: 'invitation', run: expect.any(String) },
    ]);
    // The flow still mails what it always mails.
    await expect.poll(() => sink.mails.filter(({ to }) => to === email).length, { timeout: 20_000 }).toBe(2);
  });

  it('proves no other address', async () => {
    const { query } = await mailed(await invite(), newAddress());
    const { visitor } = await accept(query);
    expect(await signUp(visitor, query, newAddress())).toMatchObject([{ verified: null, method: null }]);
  });

  it('proves nothing if the invitation can be used again', async () => {
    const email = newAddress();
    const { query } = await mailed(await invite({ single_use: false }), email);
    const { visitor } = await accept(query);
    expect(await signUp(visitor, query, email)).toMatchObject([{ verified: null }]);
  });

  it('proves nothing by the key of the invitation, which administrators know', async () => {
    const [pk, email] = [await invite(), newAddress()];
    await mailed(pk, email);
    const visitor = new Visitor(app.url);
    expect(await visitor.see(flow.slug, `itoken=${pk}`)).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await signUp(visitor, `itoken=${pk}`, email)).toMatchObject([{ verified: null }]);
  });

  it('proves nothing if the invitation is mailed to another address meanwhile, and the first link is dead', async () => {
    const [pk, first, second] = [await invite(), newAddress(), newAddress()];
    const { query } = await mailed(pk, first);
    const { visitor } = await accept(query);
    await mailed(pk, second);
    expect(await signUp(visitor, query, first)).toMatchObject([{ verified: null }]);
    const late = await mailed(await invite(), newAddress());
    const again = await invite();
    const old = await mailed(again, first, 2);
    await mailed(again, second, 2);
    expect(await new Visitor(app.url).see(flow.slug, old.query)).toMatchObject({
      component: 'ak-stage-access-denied',
    });
    expect(await new Visitor(app.url).see(flow.slug, late.query)).toMatchObject({ component: 'ak-stage-consent' });
  });

  it('keeps its link in a second mail to the same address', async () => {
    const [pk, email] = [await invite(), newAddress()];
    const { query } = await mailed(pk, email);
    expect((await mailed(pk, email, 2)).query).toBe(query);
  });

  it('takes its button: opening it changes nothing, and it works once', async () => {
    const email = newAddress();
    const pk = await invite();
    const { query } = await mailed(pk, email);
    const visitors = [new Visitor(app.url), new Visitor(app.url)];
    for (const visitor of visitors) {
      expect(await visitor.see(flow.slug, query)).toMatchObject({ component: 'ak-stage-consent' });
      const wrong = { component: 'ak-stage-consent', token: 'x' };
      expect(await visitor.answer(flow.slug, wrong, query)).toMatchObject({ component: 'ak-stage-consent' });
    }
    expect((await app.api.get(`${path}${pk}/`)).status).toBe(200);
    const [one, two] = [await accept(query), await accept(query)];
    await signUp(one.visitor, query, email);
    const late = {
      component: 'ak-stage-prompt',
      username: randomUUID(),
      email: newAddress(),
      password: 'a new secret',
    };
    expect(await two.visitor.answer(flow.slug, late, query)).toMatchObject({ component: 'ak-stage-access-denied' });
  });

  it('shows the button on a page', async () => {
    const { query } = await mailed(await invite(), newAddress());
    const browser = new PageBrowser(app.url);
    expect((await browser.open(`/if/flow/${flow.slug}/?${query}`)).html).toContain('Accept the invitation');
    expect((await browser.submit()).html).toContain('name="username"');
  });
});
