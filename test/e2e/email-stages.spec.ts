import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBinding } from '../factories/binding.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const required = ['This field is required.'];
const taken = ['stage with this name already exists.'];

const defaults = {
  component: 'ak-stage-email-form',
  verbose_name: 'Email Stage',
  verbose_name_plural: 'Email Stages',
  meta_model_name: 'authentik_stages_email.emailstage',
  flow_set: [],
  use_global_settings: false,
  host: 'localhost',
  port: 25,
  username: '',
  password_set: false,
  use_tls: false,
  use_ssl: false,
  timeout: 10,
  from_address: 'system@authentik.local',
  token_expiry: 30,
  subject: 'authentik',
  template: 'email/password_reset.html',
  activate_user_on_success: false,
  recovery_max_attempts: 5,
  recovery_cache_timeout: 'minutes=5',
  transport: null,
};

const everything = {
  use_global_settings: true,
  host: 'mail.example.com',
  port: 587,
  username: 'sender',
  use_tls: true,
  use_ssl: true,
  timeout: 30,
  from_address: 'noreply@example.com',
  token_expiry: 60,
  subject: 'Confirm your address',
  template: 'email/account_confirmation.html',
  activate_user_on_success: true,
  recovery_max_attempts: 0,
  recovery_cache_timeout: 'hours=1',
};

describe('A new email stage', () => {
  it('requires only a name, and has the defaults and field order of authentik', async () => {
    const { status, body } = await app.api.post('/stages/email/', { name: 'defaults' });
    expect(status).toBe(201);
    expect(body.pk).toMatch(uuid);
    expect(JSON.stringify(body)).toBe(JSON.stringify({ pk: body.pk, name: 'defaults', ...defaults }));
  });

  it('accepts every field, and returns all but the password in the same order', async () => {
    const stage = await createEmailStage(app.api, { name: 'everything', ...everything, password: 'secret' });
    const expected = { pk: stage.pk, name: 'everything', ...defaults, ...everything, password_set: true };
    expect(JSON.stringify(stage)).toBe(JSON.stringify(expected));
    const { status, body } = await app.api.get(`/stages/email/${stage.pk}/`);
    expect([status, JSON.stringify(body)]).toEqual([200, JSON.stringify(expected)]);
  });

  it('ignores read-only and unknown fields', async () => {
    const { status, body } = await app.api.post('/stages/email/', {
      name: 'read-only',
      pk: 'b6f3d1a0-0000-4000-8000-000000000001',
      component: 'x',
      verbose_name: 5,
      verbose_name_plural: [],
      meta_model_name: null,
      recovery_attempts: 5,
      kind: 'dummy',
    });
    expect([status, body]).toEqual([201, { ...defaults, name: 'read-only', pk: expect.any(String) }]);
    expect(body.pk).not.toBe('b6f3d1a0-0000-4000-8000-000000000001');
  });

  it('stores converted values: trimmed text, numbers and booleans in any spelling', async () => {
    const stage = await createEmailStage(app.api, {
      name: '  sp ace  ',
      host: 5,
      port: ' 25.0 ',
      username: '   ',
      use_tls: 'yes',
      use_ssl: 1,
      timeout: '٢٥',
      token_expiry: -5,
    } as never);
    expect(stage).toMatchObject({
      name: 'sp ace',
      host: '5',
      port: 25,
      username: '',
      use_tls: true,
      use_ssl: true,
      timeout: 25,
      token_expiry: -5,
    });
  });

  it('accepts useless values like authentik: negative ports, both kinds of TLS, no timeout', async () => {
    const odd = { port: -1, use_tls: true, use_ssl: true, timeout: 0, token_expiry: -2147483648 };
    expect(await createEmailStage(app.api, { ...odd, name: 'odd' })).toMatchObject(odd);
    expect(await createEmailStage(app.api, { name: 'a'.repeat(5000) })).toMatchObject({ name: 'a'.repeat(5000) });
  });

  it('reports all invalid fields at once, in field order', async () => {
    const { status, body } = await app.api.post('/stages/email/', {
      recovery_cache_timeout: '5 minutes',
      recovery_max_attempts: -1,
      activate_user_on_success: 'x',
      template: 'foobar',
      subject: ' ',
      token_expiry: 2147483648,
      from_address: 'notmail',
      timeout: 1.5,
      use_ssl: 2,
      use_tls: '',
      password: null,
      username: {},
      port: true,
      host: '',
      use_global_settings: null,
      flow_set: 'x',
      name: 'a\0',
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        name: ['Null characters are not allowed.'],
        flow_set: { non_field_errors: ['Expected a list of items but got type "str".'] },
        use_global_settings: ['This field may not be null.'],
        host: ['This field may not be blank.'],
        port: ['A valid integer is required.'],
        username: ['Not a valid string.'],
        password: ['This field may not be null.'],
        use_tls: ['Must be a valid boolean.'],
        use_ssl: ['Must be a valid boolean.'],
        timeout: ['A valid integer is required.'],
        from_address: ['Enter a valid email address.'],
        token_expiry: ['Ensure this value is less than or equal to 2147483647.'],
        subject: ['This field may not be blank.'],
        template: ["Invalid template 'foobar' specified."],
        activate_user_on_success: ['Must be a valid boolean.'],
        recovery_max_attempts: ['Ensure this value is greater than or equal to 0.'],
        recovery_cache_timeout: ["5 minutes is not in the correct format of 'hours=3;minutes=1'."],
      }),
    );
  });

  it('answers 400 for null in any field', async () => {
    const names = ['name', 'flow_set', 'password', ...Object.keys(everything)];
    const { status, body } = await app.api.post(
      '/stages/email/',
      Object.fromEntries(names.map((name) => [name, null])),
    );
    expect(status).toBe(400);
    expect(body).toEqual(Object.fromEntries(names.map((name) => [name, ['This field may not be null.']])));
  });
});

describe('The name of an email stage', () => {
  it.each<[unknown, string[]]>([
    [undefined, required],
    [null, ['This field may not be null.']],
    ['', ['This field may not be blank.']],
    ['  ', ['This field may not be blank.']],
    [true, ['Not a valid string.']],
    [[], ['Not a valid string.']],
    ['a\0b', ['Null characters are not allowed.']],
  ])('cannot be %j', async (name, messages) => {
    const { status, body } = await app.api.post('/stages/email/', { name });
    expect([status, body]).toEqual([400, { name: messages }]);
  });

  it('is unique among all kinds of stages, and a duplicate is reported with other errors', async () => {
    const dummy = await createDummyStage(app.api, { name: 'name of another kind' });
    const { status, body } = await app.api.post('/stages/email/', { name: ` ${dummy.name} `, port: 'x' });
    expect([status, body]).toEqual([400, { name: taken, port: ['A valid integer is required.'] }]);
  });

  it('is case-sensitive', async () => {
    await createEmailStage(app.api, { name: 'Case' });
    expect(await createEmailStage(app.api, { name: 'case' })).toMatchObject({ name: 'case' });
    expect((await app.api.post('/stages/email/', { name: 'Case' })).body).toEqual({ name: taken });
  });

  it('can be repeated for the same stage, but not for another stage', async () => {
    const { pk, name } = await createEmailStage(app.api);
    const other = await createEmailStage(app.api);
    expect((await app.api.patch(`/stages/email/${pk}/`, { name })).status).toBe(200);
    expect((await app.api.put(`/stages/email/${pk}/`, { name })).status).toBe(200);
    const { status, body } = await app.api.patch(`/stages/email/${pk}/`, { name: other.name, host: '' });
    expect([status, body]).toEqual([400, { name: taken, host: ['This field may not be blank.'] }]);
  });
});

describe('Changing an email stage', () => {
  it('by PUT requires the name, and keeps omitted fields', async () => {
    const stage = await createEmailStage(app.api, everything);
    const { status, body } = await app.api.put(`/stages/email/${stage.pk}/`, { name: 'renamed', port: 465 });
    expect([status, body]).toEqual([200, { ...stage, name: 'renamed', port: 465 }]);
    expect((await app.api.put(`/stages/email/${stage.pk}/`, {})).body).toEqual({ name: required });
    expect((await app.api.put(`/stages/email/${stage.pk}/`)).body).toEqual({ name: required });
    expect((await app.api.get(`/stages/email/${stage.pk}/`)).body).toEqual({ ...stage, name: 'renamed', port: 465 });
  });

  it('by PATCH requires no field, and keeps omitted fields', async () => {
    const stage = await createEmailStage(app.api, everything);
    for (const change of [undefined, {}, { unknown: 1 }, { pk: 'x' }]) {
      const { status, body } = await app.api.patch(`/stages/email/${stage.pk}/`, change);
      expect([status, body]).toEqual([200, stage]);
    }
    const { status, body } = await app.api.patch(`/stages/email/${stage.pk}/`, { username: '', use_tls: 0 });
    expect([status, body]).toEqual([200, { ...stage, username: '', use_tls: false }]);
  });

  it('requires the fields of a flow set by PUT, but not by PATCH', async () => {
    const port = ['A valid integer is required.'];
    const { pk, name } = await createEmailStage(app.api);
    const patched = await app.api.patch(`/stages/email/${pk}/`, { flow_set: [{}], port: 'x' });
    expect([patched.status, patched.body]).toEqual([400, { port }]);
    expect((await app.api.patch(`/stages/email/${pk}/`, { flow_set: [{ slug: '' }] })).status).toBe(400);
    const { body } = await app.api.put(`/stages/email/${pk}/`, { name, flow_set: [{}], port: 'x' });
    expect(Object.keys(body)).toEqual(['flow_set', 'port']);
  });

  it('changes nothing if a field is invalid', async () => {
    const stage = await createEmailStage(app.api, everything);
    const { status, body } = await app.api.patch(`/stages/email/${stage.pk}/`, { host: 'new', port: 'x' });
    expect([status, body]).toEqual([400, { port: ['A valid integer is required.'] }]);
    expect((await app.api.get(`/stages/email/${stage.pk}/`)).body).toEqual(stage);
  });

  it('returns the flows of the stage', async () => {
    const stage = await createEmailStage(app.api);
    const { slug, pk } = await createFlow(app.api);
    await createBinding(app.api, { stage: stage.pk, target: pk });
    const { body } = await app.api.patch(`/stages/email/${stage.pk}/`, { port: 1 });
    expect(body.flow_set).toMatchObject([{ slug }]);
  });
});

describe('Deleting an email stage', () => {
  it('deletes its bindings, but not its flows, and answers 404 the second time', async () => {
    const { pk } = await createEmailStage(app.api);
    const flow = await createFlow(app.api);
    const binding = await createBinding(app.api, { stage: pk, target: flow.pk });
    const answer = await app.api.delete(`/stages/email/${pk}/`);
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    expect((await app.api.get(`/flows/bindings/${binding.pk}/`)).status).toBe(404);
    expect((await app.api.get(`/flows/instances/${flow.slug}/`)).body.stages).toEqual([]);
    for (const again of [app.api.delete(`/stages/email/${pk}/`), app.api.get(`/stages/email/${pk}/`)]) {
      const { status, body } = await again;
      expect([status, body]).toEqual([404, { detail: 'Not found.' }]);
    }
  });
});

describe('An email stage', () => {
  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('of another kind answers 404 for %s', async (method) => {
    const { pk } = await createDummyStage(app.api);
    const { status, body } = await app.api.request(method, `/stages/email/${pk}/`);
    expect([status, body]).toEqual([404, { detail: 'Not found.' }]);
    expect((await app.api.get(`/stages/all/${pk}/`)).status).toBe(200);
  });

  it.each([
    ['in upper case', (pk: string) => pk.toUpperCase()],
    ['without hyphens', (pk: string) => pk.replaceAll('-', '')],
    ['in braces', (pk: string) => `%7B${pk}%7D`],
    ['as a URN', (pk: string) => `urn:uuid:${pk}`],
  ])('is found by its key %s', async (_, spelling) => {
    const stage = await createEmailStage(app.api);
    const { status, body } = await app.api.get(`/stages/email/${spelling(stage.pk)}/`);
    expect([status, body]).toEqual([200, stage]);
    expect((await app.api.patch(`/stages/email/${spelling(stage.pk)}/`, { port: 1 })).status).toBe(200);
  });
});
