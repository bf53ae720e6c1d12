import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { allow, createActor } from '../factories/actor.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let flow: ProofFlow;

const publicUrl = 'https://login.example.org';

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: publicUrl });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(async () => {
  await app.dataSource.query('delete from flow');
  flow = await createProofFlow(app.api, port, {
    flow: { designation: 'recovery', authentication: 'require_unauthenticated' },
    email: { activate_user_on_success: true },
  });
});

const denied = { component: 'ak-stage-access-denied' };
const recovery = (pk: number, api = app.api): Promise<any> => api.post(`/core/users/${pk}/recovery/`);
const recoveryEmail = (pk: number, query: string, api = app.api): Promise<any> =>
  api.post(`/core/users/${pk}/recovery_email/${query}`);

const mailsTo = (address: string): Promise<unknown[]> =>
  app.dataSource.query('select from mail_message where recipient_address = $1', [address]);

/** Opens a link and presses its button, by default in a new browser. */
async function follow(link: string, visitor = new Visitor(app.url)): Promise<any> {
  const query = new URL(link).search.slice(1);
  const { token, component } = await visitor.see(flow.slug, query);
  expect(component).toBe('ak-stage-consent');
  return visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, query);
}

describe('/core/users/{id}/recovery/', () => {
  it('returns a link that skips identification and email verification', async () => {
    const { pk, email } = await createReader(app.api);
    const { status, body } = await recovery(pk);
    expect(status).toBe(200);
    expect(body.link).toMatch(new RegExp(`^${publicUrl}/if/flow/${flow.slug}/\\?flow_token=[0-9a-f]{64}$`));
    const visitor = new Visitor(app.url);
    const confirmation = await visitor.see(flow.slug, new URL(body.link).search.slice(1));
    expect(confirmation.header_text).toBe('Continue to access your account.');
    expect(await follow(body.link, visitor)).toMatchObject({ component: 'ak-stage-dummy', name: flow.behind });
    expect(await mailsTo(email)).toEqual([]);
  });

  it('returns a link under PUBLIC_URL, regardless of the request headers', async () => {
    const { pk, email } = await createReader(app.api);
    const evil = 'evil.example.com';
    const headers = { host: evil, 'x-forwarded-host': evil, forwarded: `host=${evil}`, origin: `https://${evil}` };
    const { body } = await app.api.post(`/core/users/${pk}/recovery/`, undefined, { headers });
    expect(new URL(body.link).origin).toBe(publicUrl);
    await app.api.post(`/core/users/${pk}/recovery_email/?email_stage=${flow.stage}`, undefined, { headers });
    const mail = await proofMail(sink, email);
    expect(new URL(mail.link).origin).toBe(publicUrl);
    expect(mail.text + mail.html).not.toContain(evil);
  });

  it('returns the same link until it is used or expires', async () => {
    const { pk } = await createReader(app.api);
    const answers = await Promise.all([1, 2, 3, 4].map(() => recovery(pk)));
    const [link, ...others] = answers.map(({ body }) => body.link);
    for (const other of others) expect(other).toBe(link);
    const rows = await app.dataSource.query('select expires - created as lifetime from flow_token where user_id = $1', [
      pk,
    ]);
    expect(rows).toEqual([{ lifetime: { minutes: 30 } }]);
    await follow(link);
    const next = (await recovery(pk)).body.link;
    expect(next).not.toBe(link);
    await app.dataSource.query('update flow_token set expires = now() where user_id = $1', [pk]);
    expect((await recovery(pk)).body.link).not.toBe(next);
  });

  it('returns a link that a password change invalidates, and a new link afterwards', async () => {
    const { pk } = await createReader(app.api);
    const { link } = (await recovery(pk)).body;
    await app.api.post(`/core/users/${pk}/set_password/`, { password: 'another password' });
    expect(await new Visitor(app.url).see(flow.slug, new URL(link).search.slice(1))).toMatchObject({
      ...denied,
      error_message: expect.stringMatching(/the account has changed since/),
    });
    const next = (await recovery(pk)).body.link;
    expect(next).not.toBe(link);
    expect(await follow(next)).toMatchObject({ name: flow.behind });
  });

  it('returns a link that can be opened repeatedly but confirmed only once', async () => {
    const { pk } = await createReader(app.api);
    const { link } = (await recovery(pk)).body;
    const query = new URL(link).search.slice(1);
    for (const _ of [1, 2, 3]) {
      expect(await new Visitor(app.url).see(flow.slug, query)).toMatchObject({ component: 'ak-stage-consent' });
    }
    expect(await follow(link)).toMatchObject({ name: flow.behind });
    expect(await new Visitor(app.url).see(flow.slug, query)).toMatchObject({
      ...denied,
      error_message: expect.stringMatching(/already been used/),
    });
  });

  it('returns a link that follows later changes to the flow', async () => {
    const { pk } = await createReader(app.api);
    const { link } = (await recovery(pk)).body;
    await app.api.delete(`/flows/bindings/${flow.binding}/`);
    expect((await recovery(pk)).body.link).toBe(link);
    expect(await follow(link)).toMatchObject({ name: flow.behind });
  });

  it('returns a link that activates an unconfirmed user, but answers 400 for a deactivated user', async () => {
    const { pk } = await createReader(app.api, { is_active: false });
    expect(await recovery(pk)).toMatchObject({
      status: 400,
      body: { non_field_errors: ['Recovery flow not applicable to user'] },
    });
    await app.dataSource.manager.update(User, { pk }, { awaitsConfirmation: true });
    expect(await follow((await recovery(pk)).body.link)).toMatchObject({ name: flow.behind });
    expect(await app.dataSource.manager.findOneByOrFail(User, { pk })).toMatchObject({ isActive: true });
  });

  it.each([
    ['only an identification stage', 1],
    ['only an identification and an email stage, which sends no mail', 2],
    ['no stages', 0],
  ])('returns a link that works in a flow with %s', async (_, stages) => {
    const { pk, email } = await createReader(app.api);
    const { body } = await app.api.get(`/flows/bindings/?target=${flow.pk}&ordering=order`);
    for (const { pk: binding } of body.results.slice(stages)) await app.api.delete(`/flows/bindings/${binding}/`);
    const end = { component: 'xak-flow-redirect', to: '/' };
    const visitor = new Visitor(app.url);
    const { link } = (await recovery(pk)).body;
    expect(await follow(link, visitor)).toMatchObject(end);
    // The run is over: the next request starts a new one, for an unidentified visitor.
    expect(await visitor.see(flow.slug)).toMatchObject(stages === 0 ? end : { component: 'ak-stage-identification' });
    expect(await mailsTo(email)).toEqual([]);
    expect(await new Visitor(app.url).see(flow.slug, new URL(link).search.slice(1))).toMatchObject(denied);
  });

  it('returns a link for a user without an address', async () => {
    const { pk } = await createReader(app.api, { email: '' });
    expect(await follow((await recovery(pk)).body.link)).toMatchObject({ name: flow.behind });
  });

  it('returns a link that a change of the address invalidates', async () => {
    const { pk } = await createReader(app.api);
    const { link } = (await recovery(pk)).body;
    await app.api.patch(`/core/users/${pk}/`, { email: 'new@example.org' });
    const query = new URL(link).search.slice(1);
    expect(await new Visitor(app.url).see(flow.slug, query)).toMatchObject(denied);
    expect((await recovery(pk)).body.link).not.toBe(link);
  });

  it('answers 400 without a recovery flow for the user, and 404 for an unknown user', async () => {
    const { pk } = await createReader(app.api);
    await app.api.patch(`/flows/instances/${flow.slug}/`, { authentication: 'require_authenticated' });
    const refused = await recovery(pk);
    expect([refused.status, refused.body]).toEqual([
      400,
      { non_field_errors: ['Recovery flow not applicable to user'] },
    ]);
    await app.api.delete(`/flows/instances/${flow.slug}/`);
    const without = await recovery(pk);
    expect([without.status, without.body]).toEqual([400, { non_field_errors: ['No recovery flow set.'] }]);
    expect((await recovery(999_999)).status).toBe(404);
    expect((await app.api.get(`/core/users/${pk}/recovery/`)).status).toBe(405);
  });

  it('uses the first recovery flow, by slug, that the user may use', async () => {
    const first = await createProofFlow(app.api, port, {
      flow: { slug: `0-${randomUUID()}`, designation: 'recovery' },
    });
    const { pk } = await createReader(app.api);
    expect((await recovery(pk)).body.link).toContain(`/if/flow/${first.slug}/`);
    await app.api.patch(`/flows/instances/${first.slug}/`, { authentication: 'require_authenticated' });
    expect((await recovery(pk)).body.link).toContain(`/if/flow/${flow.slug}/`);
  });

  it('requires the permission to reset the password of this user', async () => {
    const { pk } = await createReader(app.api);
    const other = await createReader(app.api);
    const helper = await createActor(app, ['authentik_core.view_user']);
    expect((await recovery(pk, helper.api)).status).toBe(403);
    await allow(app, helper.user.pk, {
      permissions: ['authentik_core.reset_user_password'],
      model: 'authentik_core.user',
      object_pk: String(pk),
    });
    expect((await recovery(pk, helper.api)).status).toBe(200);
    expect((await recovery(other.pk, helper.api)).status).toBe(403);
  });

  it('logs an event without the link', async () => {
    const { pk, username } = await createReader(app.api);
    const { link } = (await recovery(pk)).body;
    const { body } = await app.api.get('/events/events/?action=secret_view&ordering=-created');
    expect(body.results[0]).toMatchObject({
      user: { username: 'akadmin' },
      context: { message: 'A recovery link was shown.', affected_user: { pk, username } },
    });
    expect(JSON.stringify(body)).not.toContain(new URL(link).searchParams.get('flow_token'));
  });
});

describe('/core/users/{id}/recovery_email/', () => {
  it('mails a recovery link, with subject and expiry of the stage, in the user’s language', async () => {
    const { pk, email } = await createReader(app.api, { attributes: { settings: { locale: 'de' } } });
    const { pk: stage } = await createEmailStage(app.api, {
      host: '127.0.0.1',
      port,
      subject: 'Neu',
      token_expiry: 20,
    });
    const { status, body } = await recoveryEmail(pk, `?email_stage=${stage}`);
    expect([status, body]).toEqual([204, undefined]);
    const mail = await proofMail(sink, email);
    expect(mail).toMatchObject({ subject: 'Neu', code: '', to: `"Rita Reader" <${email}>` });
    expect(mail.text).toMatch(/20\s+Minuten/);
    expect(await follow(mail.link)).toMatchObject({ name: flow.behind });
  });

  it('invalidates the link of the previous mail, but not the link returned by /recovery/', async () => {
    const { pk, email } = await createReader(app.api);
    const { link } = (await recovery(pk)).body;
    await recoveryEmail(pk, `?email_stage=${flow.stage}`);
    const first = await proofMail(sink, email);
    await recoveryEmail(pk, `?email_stage=${flow.stage}`);
    const second = await proofMail(sink, email, 2);
    expect(await new Visitor(app.url).see(flow.slug, first.query)).toMatchObject({
      ...denied,
      error_message: expect.stringMatching(/newer email/),
    });
    expect(await follow(second.link)).toMatchObject({ name: flow.behind });
    expect(await follow(link)).toMatchObject({ name: flow.behind });
  });

  it('sends no second mail for a retry with the same Idempotency-Key', async () => {
    const { pk, email } = await createReader(app.api);
    const send = (stage: string): Promise<any> =>
      app.api.post(`/core/users/${pk}/recovery_email/?email_stage=${stage}`, undefined, {
        headers: { 'idempotency-key': 'recovery 1' },
      });
    const answers = await Promise.all([send(flow.stage), send(flow.stage)]);
    expect([...answers, await send(flow.stage)].map(({ status, body }) => [status, body])).toEqual([
      [204, undefined],
      [204, undefined],
      [204, undefined],
    ]);
    await proofMail(sink, email);
    expect(await mailsTo(email)).toHaveLength(1);
    const { pk: other } = await createEmailStage(app.api);
    expect((await send(other)).status).toBe(400);
  });

  it('answers 400 for a missing stage, address or flow, and 404 for an unknown user', async () => {
    const { pk } = await createReader(app.api);
    const { pk: silent } = await createReader(app.api, { email: '' });
    const noStage = { non_field_errors: ['Email stage does not exist.'] };
    for (const query of [
      '',
      '?email_stage=',
      '?email_stage=x',
      `?email_stage=${randomUUID()}`,
      '?email_stage=a&email_stage=b',
    ]) {
      expect(await recoveryEmail(pk, query), query).toMatchObject({ status: 400, body: noStage });
    }
    expect(await recoveryEmail(silent, '')).toMatchObject({
      status: 400,
      body: { non_field_errors: ['User does not have an email address set.'] },
    });
    await app.api.delete(`/flows/instances/${flow.slug}/`);
    expect(await recoveryEmail(pk, '')).toMatchObject({
      status: 400,
      body: { non_field_errors: ['No recovery flow set.'] },
    });
    expect((await recoveryEmail(999_999, '')).status).toBe(404);
  });

  it('uses only stages that the caller may view', async () => {
    const { pk, email } = await createReader(app.api);
    const permissions = ['authentik_core.view_user', 'authentik_core.reset_user_password'];
    const helper = await createActor(app, permissions);
    const query = `?email_stage=${flow.stage}`;
    expect((await recoveryEmail(pk, query, helper.api)).status).toBe(400);
    await allow(app, helper.user.pk, {
      permissions: ['authentik_stages_email.view_emailstage'],
      model: 'authentik_stages_email.emailstage',
      object_pk: flow.stage,
    });
    expect((await recoveryEmail(pk, query, helper.api)).status).toBe(204);
    await proofMail(sink, email);
  });
});
