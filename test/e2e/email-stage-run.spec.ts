import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { StageExecutors } from '../../src/flow-execution/stage-executors.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let flow: ProofFlow;

beforeAll(async () => {
  sink = new SmtpSink((recipient) => {
    if (recipient.startsWith('refused-')) throw new SmtpRefusal(550, 'No such user here');
  });
  port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
  flow = await createProofFlow(app.api, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

async function confirm(visitor: Visitor, { query }: ProofMail, { slug }: { slug: string }): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

async function userOf(pk: number): Promise<User> {
  return app.dataSource.manager.findOneByOrFail(User, { pk });
}

describe('The mail of an email stage', () => {
  it('has the template, subject, sender and link lifetime of the stage, and one recipient', async () => {
    const own = await createProofFlow(app.api, port, {
      email: {
        subject: 'Prove it',
        template: 'email/account_confirmation.html',
        from_address: 'stage@example.org',
        token_expiry: 45,
      },
    });
    const { email } = await createReader(app.api, { name: 'Rita, Reader' });
    await new Visitor(app.url).answer(own.slug, { uid_field: email });
    const mail = await proofMail(sink, email);
    expect(mail).toMatchObject({ subject: 'Prove it', to: `"Rita, Reader" <${email}>` });
    expect(mail.text).toMatch(/valid for 45\s+minutes/);
    expect(sink.mails.find(({ to }) => to === email)?.from).toBe('stage@example.org');
    const [{ minutes }] = await app.dataSource.query(
      `select extract(epoch from expires - created) / 60 as minutes from flow_token where address = $1`,
      [email],
    );
    expect(Number(minutes)).toBeCloseTo(46, 3);
  });

  it.each([
    ['the user’s chosen language', { settings: { locale: 'de' } }, 'fr, en;q=0.5', /gültig|Link/],
    ['otherwise the browser’s first supported language', {}, 'nl, fr-CA;q=0.9, de;q=0.1', /lien/],
    ['otherwise English', { settings: { locale: 5 } }, 'nl', /link/],
  ])('is in %s', async (_, attributes, accepted, text) => {
    const { email } = await createReader(app.api, { attributes });
    const visitor = new Visitor(app.url);
    const path = `/flows/executor/${flow.slug}/?query=`;
    const headers = { 'accept-language': accepted };
    await visitor.request('POST', path, { json: { uid_field: email }, headers });
    await visitor.request('GET', path, { headers });
    expect((await proofMail(sink, email)).text).toMatch(text);
  });

  it('has a link to PUBLIC_URL, independent of request headers', async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    const path = `/flows/executor/${flow.slug}/?query=`;
    const headers = {
      host: 'evil.example.com',
      'x-forwarded-host': 'evil.example.com',
      'x-forwarded-proto': 'gopher',
      forwarded: 'host=evil.example.com;proto=http',
      origin: 'https://evil.example.com',
      referer: 'https://evil.example.com/',
    };
    await visitor.request('POST', path, { json: { uid_field: email }, headers });
    await visitor.request('GET', path, { headers });
    const mail = await proofMail(sink, email);
    expect(new URL(mail.link).origin).toBe('https://login.example.org');
    expect(mail.text + mail.html).not.toMatch(/evil/);
  });

  it('contains no older link and no overlong query', async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email }, 'a=1');
    await visitor.answer(flow.slug, {}, `a=1&next=/x`);
    const { link, token } = await proofMail(sink, email, 2);
    expect(link).toBe(`https://login.example.org/if/flow/${flow.slug}/?a=1&next=%2Fx&flow_token=${token}`);
    await visitor.answer(flow.slug, {}, `a=${'x'.repeat(2000)}`);
    const third = await proofMail(sink, email, 3);
    expect(third.link).toBe(`https://login.example.org/if/flow/${flow.slug}/?flow_token=${third.token}`);
  });

  it('is sent without the recipient’s name if a header cannot contain it', async () => {
    const { email, pk } = await createReader(app.api);
    await app.dataSource.manager.update(User, { pk }, { name: 'A\r\nBcc: x@example.org' });
    await new Visitor(app.url).answer(flow.slug, { uid_field: email });
    expect((await proofMail(sink, email)).to).toBe(email);
    expect(sink.mails.filter(({ to }) => to === 'x@example.org')).toEqual([]);
  });

  it('goes to the address in the plan, and proves only that address', async () => {
    const { email } = await createReader(app.api);
    const executors = app.nest.get(StageExecutors, { strict: false });
    const dummy = executors.get('dummy');
    const { pk: identification } = await createStage(app.api, 'identification');
    const { pk: setter } = await createDummyStage(app.api, { name: 'sets the recipient' });
    const { pk: stage } = await createEmailStage(app.api, { host: '127.0.0.1', port });
    const { flow: own } = await createFlowWith(app.api, [identification, setter, stage, setter, stage]);
    let recipient = 'first@example.org';
    executors.register({
      kind: 'dummy',
      show: async ({ plan }) => {
        plan.context.email = recipient;
        return { kind: 'passed' };
      },
      handleResponse: async () => ({ kind: 'passed' }),
    });
    try {
      const visitor = new Visitor(app.url);
      await visitor.answer(own.slug, { uid_field: email });
      const mail = await proofMail(sink, 'first@example.org');
      recipient = 'second@example.org';
      expect(await confirm(visitor, mail, own)).toMatchObject({ component: 'ak-stage-email' });
      const second = await proofMail(sink, 'second@example.org');
      expect(await confirm(visitor, second, own)).toMatchObject({ component: 'xak-flow-redirect' });
      expect(sink.mails.filter(({ to }) => to === email)).toEqual([]);
    } finally {
      executors.register(dummy);
    }
  });
});

describe('A flow with two email stages', () => {
  it('requires a separate mail for each stage', async () => {
    const { pk: identification } = await createStage(app.api, 'identification');
    const first = await createEmailStage(app.api, { host: '127.0.0.1', port });
    const second = await createEmailStage(app.api, { host: '127.0.0.1', port });
    const { flow: own } = await createFlowWith(app.api, [identification, first.pk, second.pk]);
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(own.slug, { uid_field: email });
    expect(await confirm(visitor, await proofMail(sink, email), own)).toMatchObject({ component: 'ak-stage-email' });
    expect(await confirm(visitor, await proofMail(sink, email, 2), own)).toMatchObject({ to: '/' });
  });
});

describe('A binding that restarts the flow', () => {
  it.each(['restart', 'restart_with_context'] as const)(
    'with %s restarts it instead of resending the mail',
    async (action) => {
      const own = await createProofFlow(app.api, port, { binding: { invalid_response_action: action } });
      const { email } = await createReader(app.api);
      const visitor = new Visitor(app.url);
      await visitor.answer(own.slug, { uid_field: email });
      await proofMail(sink, email);
      expect(await visitor.answer(own.slug, {})).toMatchObject({ component: 'ak-stage-identification' });
      expect(await app.dataSource.query('select from flow_token where address = $1', [email])).toHaveLength(1);
      expect(await visitor.answer(own.slug, { uid_field: email })).toMatchObject({ component: 'ak-stage-email' });
      expect(await confirm(visitor, await proofMail(sink, email, 2), own)).toMatchObject({ name: own.behind });
    },
  );
});

describe('A confirmed user', () => {
  async function proved(fields: Partial<User>, activate: boolean): Promise<{ user: User; answer: any }> {
    const own = await createProofFlow(app.api, port, {
      email: { activate_user_on_success: activate },
      flow: { designation: 'enrollment' },
    });
    const { pk, email } = await createReader(app.api, { is_active: fields.isActive ?? true });
    if (fields.isActive === false) await app.dataSource.manager.update(User, { pk }, fields as object);
    const visitor = new Visitor(app.url);
    await visitor.answer(own.slug, { uid_field: email });
    const mail = await proofMail(sink, email);
    // Another change between mail and confirmation.
    await app.dataSource.manager.update(User, { pk }, { name: 'Changed Since', path: 'elsewhere' });
    return { answer: await confirm(visitor, mail, own), user: await userOf(pk) };
  }

  it('is activated if they await confirmation, with no other change', async () => {
    const { user } = await proved({ isActive: false, awaitsConfirmation: true }, true);
    expect(user).toMatchObject({ isActive: true, awaitsConfirmation: false, name: 'Changed Since', path: 'elsewhere' });
  });

  it('is not activated by a stage without activation', async () => {
    const { user } = await proved({ isActive: false, awaitsConfirmation: true }, false);
    expect(user).toMatchObject({ isActive: false, awaitsConfirmation: true });
  });

  it('stays active', async () => {
    const { user } = await proved({}, true);
    expect(user).toMatchObject({ isActive: true, awaitsConfirmation: false });
  });

  it('stays inactive if an administrator deactivated the account before the confirmation', async () => {
    const own = await createProofFlow(app.api, port, {
      email: { activate_user_on_success: true },
      flow: { designation: 'enrollment' },
    });
    const { pk, email } = await createReader(app.api, { is_active: false });
    await app.dataSource.manager.update(User, { pk }, { awaitsConfirmation: true });
    const visitor = new Visitor(app.url);
    await visitor.answer(own.slug, { uid_field: email });
    const mail = await proofMail(sink, email);
    await app.api.patch(`/core/users/${pk}/`, { is_active: false });
    expect(await visitor.see(own.slug, mail.query)).toMatchObject({ component: 'ak-stage-access-denied' });
    const typed = await visitor.answer(own.slug, { component: 'ak-stage-email', code: mail.code });
    expect(typed.component).toBe('ak-stage-email');
    expect(await userOf(pk)).toMatchObject({ isActive: false, awaitsConfirmation: false });
  });
});

describe('An email stage', () => {
  it('ends a run without a pending user', async () => {
    const { pk: stage } = await createEmailStage(app.api);
    const { flow: own } = await createFlowWith(app.api, [stage]);
    expect(await new Visitor(app.url).see(own.slug)).toMatchObject({
      component: 'ak-stage-access-denied',
      error_message: 'Unknown error',
      messages: [{ level: 'error', text: 'No pending user.' }],
    });
  });

  it('shows newly enrolled users that their address cannot receive mail', async () => {
    const own = await createProofFlow(app.api, port, { flow: { designation: 'enrollment' } });
    const { pk, username } = await createReader(app.api);
    await app.dataSource.manager.update(User, { pk }, { email: 'a@example.org,b@example.org' });
    expect(await new Visitor(app.url).answer(own.slug, { uid_field: username })).toMatchObject({
      component: 'ak-stage-access-denied',
      error_message: 'No mail can be sent to this address.',
    });
    const { body } = await app.api.get('/events/events/?action=configuration_error');
    expect(body.results[0].context).toMatchObject({ affected_user: { pk, username } });
  });

  it('reports a permanently failed mail to administrators, but not to the visitor', async () => {
    const { email } = await createReader(app.api, { email: 'refused-reader@example.org' });
    const visitor = new Visitor(app.url);
    const before = await visitor.answer(flow.slug, { uid_field: email });
    const failed = async (): Promise<unknown[]> =>
      (await app.api.get(`/mail/messages/?recipient=${email}&state=failed`)).body.results;
    await expect.poll(failed, { timeout: 20_000 }).toHaveLength(1);
    const { body } = await app.api.get('/events/events/?action=email_failed');
    expect(body.results[0].context.message).toBe(`Email to ${email} not sent`);
    expect(await visitor.see(flow.slug)).toEqual(before);
  });
});
