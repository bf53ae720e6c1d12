import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let flow: ProofFlow;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
  flow = await createProofFlow(app.api, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const waiting = { component: 'ak-stage-email' };
const consent = { component: 'ak-stage-consent' };
const resent = { non_field_errors: [{ string: 'email-sent', code: 'email-sent' }] };

/** A visitor who requested a mail, and the mail. */
async function asked(query = '', { slug } = flow): Promise<{ visitor: Visitor; mail: ProofMail; email: string }> {
  const { email } = await createReader(app.api);
  const visitor = new Visitor(app.url);
  expect(await visitor.answer(slug, { uid_field: email }, query)).toMatchObject(waiting);
  return { visitor, mail: await proofMail(sink, email), email };
}

/** Presses the button behind a link. */
async function confirm(visitor: Visitor, { query }: ProofMail, { slug } = flow): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

describe('An email stage', () => {
  it('sends one mail and waits, also after repeated GET requests', async () => {
    const { visitor, email } = await asked();
    for (const _ of [1, 2, 3]) expect(await visitor.see(flow.slug)).toMatchObject(waiting);
    expect(sink.mails.filter(({ to }) => to === email)).toHaveLength(1);
  });

  it('resends the mail on request, with the response of authentik', async () => {
    const { visitor, email } = await asked();
    const { status, body } = await visitor.post(flow.slug, { component: 'ak-stage-email' });
    expect(status).toBe(200);
    expect(JSON.stringify(body.response_errors)).toBe(JSON.stringify(resent));
    expect(body.messages).toEqual([{ level: 'success', text: 'Email Successfully sent.' }]);
    await proofMail(sink, email, 2);
    expect(await visitor.see(flow.slug)).not.toHaveProperty('response_errors');
  });

  it('sends one mail if the first request to it is a resend', async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.post(flow.slug, { uid_field: email });
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ ...waiting, response_errors: resent });
    await visitor.see(flow.slug);
    await proofMail(sink, email);
    expect(await app.dataSource.query('select from mail_message where recipient_address = $1', [email])).toHaveLength(
      1,
    );
  });

  it.each([
    ['an answer to another stage', { component: 'ak-stage-identification', uid_field: 'alice' }],
    ['null', null],
    ['a list', []],
    ['text', 'ak-stage-email'],
    ['a consent', { component: 'ak-stage-consent', token: 'x' }],
    ['an answer to a dummy stage', { component: 'ak-stage-dummy' }],
  ])('is not passed by %s, and sends no mail', async (_, body) => {
    const { visitor, email } = await asked();
    expect(await visitor.answer(flow.slug, body)).toMatchObject(waiting);
    expect(await visitor.see(flow.slug)).toMatchObject(waiting);
    expect(await app.dataSource.query('select from mail_message where recipient_address = $1', [email])).toHaveLength(
      1,
    );
  });

  it.each([
    ['an empty object', {}],
    ['extra fields', { component: 'ak-stage-email', is_restored: true, email_sent: false, passed: true, user: 1 }],
  ])('is not passed by %s, and resends the mail', async (_, body) => {
    const { visitor } = await asked();
    expect(await visitor.answer(flow.slug, body)).toMatchObject({ ...waiting, response_errors: resent });
    expect(await visitor.see(flow.slug)).toMatchObject(waiting);
  });
});

describe('The recipient of the mail', () => {
  it('cannot be set by a request', async () => {
    const { visitor, email } = await asked();
    const evil = `evil-${email}`;
    const names = { email: evil, to: evil, recipient: evil, address: evil, pending_user: { email: evil } };
    const body = { component: 'ak-stage-email', ...names, context: names, prompt_data: names };
    const query = new URLSearchParams({ email: evil, to: evil, recipient: evil, pending_user: evil }).toString();
    await visitor.answer(flow.slug, body, query);
    await visitor.see(flow.slug, query);
    await proofMail(sink, email, 2);
    const messages = await app.dataSource.query('select from mail_message where recipient_address = $1', [evil]);
    expect([messages, sink.mails.filter(({ to }) => to === evil)]).toEqual([[], []]);
  });
});

describe('The link in the mail', () => {
  it('shows a button in any browser, and the button continues the flow there', async () => {
    const { mail } = await asked();
    const other = new Visitor(app.url);
    const shown = await other.see(flow.slug, mail.query);
    expect(shown).toEqual({
      flow_info: expect.anything(),
      component: 'ak-stage-consent',
      pending_user: expect.stringMatching(/^reader-/),
      pending_user_avatar: expect.any(String),
      header_text: expect.any(String),
      permissions: [],
      additional_permissions: [],
      token: expect.any(String),
    });
    expect(await confirm(other, mail)).toMatchObject({
      component: 'ak-stage-dummy',
      name: flow.behind,
      messages: [{ level: 'success', text: 'Successfully verified Email.' }],
    });
    expect(await other.answer(flow.slug, {}, mail.query)).toEqual({ component: 'xak-flow-redirect', to: '/' });
  });

  it('continues in the same browser, with or without the link in the query', async () => {
    const { visitor, mail } = await asked();
    await confirm(visitor, mail);
    expect(await visitor.see(flow.slug, mail.query)).toMatchObject({ name: flow.behind });
    expect(await visitor.see(flow.slug)).toMatchObject({ name: flow.behind });
  });

  it('keeps the query parameters in their order, and its run ends at `next`', async () => {
    const { mail } = await asked('b=2&next=%2Fhome%3Fx%3D1&a=%C3%A4');
    expect(mail.link).toBe(
      `https://login.example.org/if/flow/${flow.slug}/?b=2&next=%2Fhome%3Fx%3D1&a=%C3%A4&flow_token=${mail.token}`,
    );
    const visitor = new Visitor(app.url);
    await confirm(visitor, mail);
    expect(await visitor.answer(flow.slug, {}, mail.query)).toMatchObject({ to: '/home?x=1' });
  });

  it('has a secret of 256 bits, stored only as a digest', async () => {
    const { mail } = await asked();
    expect(mail.token).toMatch(/^[0-9a-f]{64}$/);
    const [{ rows }] = await app.dataSource.query(
      `select count(*)::int as rows from flow_token where key_hash = sha256(convert_to($1, 'UTF8'))`,
      [mail.token],
    );
    expect(rows).toBe(1);
  });

  it('stays valid after 1,000 GET and HEAD requests by 20 scanners', async ({ annotate }) => {
    const { visitor, mail } = await asked();
    const stored = async (): Promise<unknown> => {
      return (await app.dataSource.query('select t::text from flow_token t order by token_uuid')) as unknown;
    };
    const before = await stored();
    let opened = 0;
    const path = `/flows/executor/${flow.slug}/?query=${encodeURIComponent(mail.query)}`;
    const scan = async (client: number): Promise<void> => {
      const scanner = new Visitor(app.url);
      for (let times = 0; times < 50; times += 1) {
        const { status, body } = await scanner.request((client + times) % 2 === 0 ? 'GET' : 'HEAD', path);
        expect(status).toBe(200);
        if (body !== undefined) expect(body).toMatchObject(consent);
        opened += 1;
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, client) => scan(client)));
    expect(await stored()).toEqual(before);
    expect(await visitor.see(flow.slug)).toMatchObject(waiting);
    expect(await confirm(new Visitor(app.url), mail)).toMatchObject({ name: flow.behind });
    await annotate(`opened ${opened} times by 20 clients: nothing about it has changed, and it is still good`);
  });

  it.each([
    ['an empty object', () => ({})],
    ['null', () => null],
    ['no token', () => ({ component: 'ak-stage-consent' })],
    ['an empty token', () => ({ component: 'ak-stage-consent', token: '' })],
    ['a token that is a list', () => ({ component: 'ak-stage-consent', token: ['x'] })],
    ['another component', (token: string) => ({ component: 'ak-stage-email', token })],
    ['the token with an extra field', (token: string) => ({ component: 'ak-stage-consent', token, is_restored: true })],
    ['the secret itself', (_: string, secret: string) => ({ component: 'ak-stage-consent', token: secret })],
  ])('is not confirmed by %s', async (_, body) => {
    const { mail } = await asked();
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(flow.slug, mail.query);
    expect(await visitor.answer(flow.slug, body(token, mail.token), mail.query)).toMatchObject(consent);
    expect(await visitor.see(flow.slug)).not.toMatchObject({ name: flow.behind });
    expect(await confirm(visitor, mail)).toMatchObject({ name: flow.behind });
  });

  it('is not confirmed with the button token of an attacker’s browser', async () => {
    const { mail } = await asked();
    const attacker = new Visitor(app.url);
    const { token } = await attacker.see(flow.slug, mail.query);
    const victim = new Visitor(app.url);
    const body = { component: 'ak-stage-consent', token };
    expect(await victim.answer(flow.slug, body, mail.query)).toMatchObject(consent);
    await victim.see(flow.slug, mail.query);
    expect(await victim.answer(flow.slug, body, mail.query)).toMatchObject(consent);
  });

  it('is confirmed by one of 50 concurrent requests', async ({ annotate }) => {
    const { mail } = await asked();
    const visitors = Array.from({ length: 50 }, () => new Visitor(app.url));
    const buttons = await Promise.all(visitors.map((visitor) => visitor.see(flow.slug, mail.query)));
    const answers = await Promise.all(
      visitors.map((visitor, index) => {
        const body = { component: 'ak-stage-consent', token: buttons[index].token };
        return visitor.answer(flow.slug, body, mail.query);
      }),
    );
    const passed = answers.filter(({ name }) => name === flow.behind);
    const refused = answers.filter(({ component }) => component === 'ak-stage-access-denied');
    expect([passed.length, refused.length]).toEqual([1, 49]);
    for (const { error_message } of refused) expect(error_message).toMatch(/has already been used/);
    await annotate(`50 confirmations at the same time: ${passed.length} passed, ${refused.length} refused`);
  });

  it('does not change the run of a browser until its button is pressed', async () => {
    const own = await asked();
    const foreign = await asked();
    expect(await own.visitor.see(flow.slug, foreign.mail.query)).toMatchObject(consent);
    expect(await own.visitor.see(flow.slug)).toMatchObject(waiting);
    expect(await own.visitor.answer(flow.slug, { component: 'ak-stage-email', code: own.mail.code })).toMatchObject({
      name: flow.behind,
    });
  });
});

describe('The waiting page', () => {
  it('shows that the link was confirmed in another browser', async () => {
    const { visitor, mail } = await asked();
    await confirm(new Visitor(app.url), mail);
    expect(await visitor.see(flow.slug)).toMatchObject({
      ...waiting,
      confirmed: true,
      response_errors: { non_field_errors: [{ string: expect.stringMatching(/another window/), code: 'confirmed' }] },
    });
  });

  it('can request another mail after that, and waits again', async () => {
    const { visitor, mail, email } = await asked();
    await confirm(new Visitor(app.url), mail);
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ ...waiting, response_errors: resent });
    expect(await visitor.see(flow.slug)).not.toHaveProperty('confirmed');
    expect(await confirm(visitor, await proofMail(sink, email, 2))).toMatchObject({ name: flow.behind });
  });
});
