import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { createFlow } from '../factories/flow.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** The fields of one kind of stage, and its operations. */
interface Kind {
  readonly kind: 'consent' | 'deny' | 'identification' | 'password' | 'user_login';
  readonly words: { component: string; verbose_name: string; verbose_name_plural: string; meta_model_name: string };
  /** Required fields in addition to the name. */
  readonly needed: Record<string, unknown>;
  readonly defaults: Record<string, unknown>;
  /** Other values than the defaults; `flow` and `stage` stand for the key of one. */
  readonly others: Record<string, unknown>;
  /** A value that is refused for each field, and the messages. */
  readonly refused: Record<string, [unknown, unknown]>;
  /** The fields with a filter. */
  readonly filters: readonly string[];
}

const notBoolean = ['Must be a valid boolean.'];
const notAChoice = ['"x" is not a valid choice.'];
const nothing = '00000000-0000-4000-8000-000000000000';
const noSuchRow = [`Invalid pk "${nothing}" - object does not exist.`];
const noTime = ["1d is not in the correct format of 'hours=3;minutes=1'."];

const kinds: readonly Kind[] = [
  {
    kind: 'consent',
    words: {
      component: 'ak-stage-consent-form',
      verbose_name: 'Consent Stage',
      verbose_name_plural: 'Consent Stages',
      meta_model_name: 'authentik_stages_consent.consentstage',
    },
    needed: {},
    defaults: { mode: 'always_require', consent_expire_in: 'weeks=4' },
    others: { mode: 'expiring', consent_expire_in: 'hours=1;minutes=30' },
    refused: { mode: ['x', notAChoice], consent_expire_in: ['1d', noTime] },
    filters: ['mode', 'consent_expire_in'],
  },
  {
    kind: 'deny',
    words: {
      component: 'ak-stage-deny-form',
      verbose_name: 'Deny Stage',
      verbose_name_plural: 'Deny Stages',
      meta_model_name: 'authentik_stages_deny.denystage',
    },
    needed: {},
    defaults: { deny_message: '' },
    others: { deny_message: 'Not today.' },
    refused: { deny_message: [[], ['Not a valid string.']] },
    filters: ['deny_message'],
  },
  {
    kind: 'identification',
    words: {
      component: 'ak-stage-identification-form',
      verbose_name: 'Identification Stage',
      verbose_name_plural: 'Identification Stages',
      meta_model_name: 'authentik_stages_identification.identificationstage',
    },
    needed: { user_fields: ['email'] },
    defaults: {
      user_fields: ['email'],
      password_stage: null,
      captcha_stage: null,
      case_insensitive_matching: true,
      show_matched_user: true,
      enrollment_flow: null,
      recovery_flow: null,
      passwordless_flow: null,
      sources: [],
      show_source_labels: false,
      pretend_user_exists: true,
    },
    others: {
      user_fields: ['upn', 'username'],
      password_stage: 'stage',
      case_insensitive_matching: false,
      show_matched_user: false,
      enrollment_flow: 'flow',
      recovery_flow: 'flow',
      passwordless_flow: 'flow',
      show_source_labels: true,
      pretend_user_exists: false,
    },
    refused: {
      user_fields: [['email', 'x'], { 1: notAChoice }],
      password_stage: [nothing, noSuchRow],
      captcha_stage: [nothing, noSuchRow],
      case_insensitive_matching: ['x', notBoolean],
      show_matched_user: [2, notBoolean],
      enrollment_flow: [nothing, noSuchRow],
      recovery_flow: [nothing, noSuchRow],
      passwordless_flow: [nothing, noSuchRow],
      sources: [[nothing], noSuchRow],
      show_source_labels: [{}, notBoolean],
      pretend_user_exists: ['', notBoolean],
    },
    filters: [
      'password_stage',
      'case_insensitive_matching',
      'show_matched_user',
      'enrollment_flow',
      'recovery_flow',
      'passwordless_flow',
      'show_source_labels',
    ],
  },
  {
    kind: 'password',
    words: {
      component: 'ak-stage-password-form',
      verbose_name: 'Password Stage',
      verbose_name_plural: 'Password Stages',
      meta_model_name: 'authentik_stages_password.passwordstage',
    },
    needed: { backends: ['authentik.core.auth.InbuiltBackend'] },
    defaults: {
      backends: ['authentik.core.auth.InbuiltBackend'],
      configure_flow: null,
      failed_attempts_before_cancel: 5,
      allow_show_password: false,
      accept_fresh_session: false,
    },
    others: {
      backends: [
        'authentik.sources.ldap.auth.LDAPBackend',
        'authentik.core.auth.TokenBackend',
        'authentik.sources.kerberos.auth.KerberosBackend',
      ],
      configure_flow: 'flow',
      failed_attempts_before_cancel: 3,
      allow_show_password: true,
      accept_fresh_session: true,
    },
    refused: {
      backends: [[], ['This list may not be empty.']],
      configure_flow: [nothing, noSuchRow],
      failed_attempts_before_cancel: ['x', ['A valid integer is required.']],
      allow_show_password: ['x', notBoolean],
      accept_fresh_session: ['x', notBoolean],
    },
    filters: ['configure_flow', 'failed_attempts_before_cancel', 'allow_show_password', 'accept_fresh_session'],
  },
  {
    kind: 'user_login',
    words: {
      component: 'ak-stage-user-login-form',
      verbose_name: 'User Login Stage',
      verbose_name_plural: 'User Login Stages',
      meta_model_name: 'authentik_stages_user_login.userloginstage',
    },
    needed: {},
    defaults: {
      session_duration: 'seconds=0',
      terminate_other_sessions: false,
      remember_me_offset: 'seconds=0',
      network_binding: 'no_binding',
      geoip_binding: 'no_binding',
    },
    others: {
      session_duration: 'hours=8',
      terminate_other_sessions: true,
      remember_me_offset: 'days=30',
      network_binding: 'bind_asn_network_ip',
      geoip_binding: 'bind_continent',
    },
    refused: {
      session_duration: ['1d', noTime],
      terminate_other_sessions: ['x', notBoolean],
      remember_me_offset: ['1d', noTime],
      network_binding: ['x', notAChoice],
      geoip_binding: ['x', notAChoice],
    },
    filters: ['session_duration', 'terminate_other_sessions', 'remember_me_offset', 'network_binding', 'geoip_binding'],
  },
];

let app: TestApp;
/** The keys that `flow` and `stage` stand for. */
const keys: Record<string, string> = {};

beforeAll(async () => {
  app = await startTestApp();
  keys['flow'] = (await createFlow(app.api)).pk;
  keys['stage'] = (await createStage(app.api, 'password')).pk;
});
afterAll(() => app.stop());

function resolved(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, value]) => [name, keys[String(value)] ?? value]));
}

describe.each(kinds)('/stages/$kind/', ({ kind, words, needed, defaults, others, refused, filters }) => {
  const path = `/stages/${kind}/`;
  const named = (): object => ({ name: `${kind}-${randomUUID()}`, ...needed });

  it('creates a stage with authentik’s defaults and field order', async () => {
    const { status, body } = await app.api.post(path, { ...needed, name: `default ${kind}` });
    expect(status).toBe(201);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({ pk: body.pk, name: `default ${kind}`, ...words, flow_set: [], ...defaults }),
    );
    expect((await app.api.get(`${path}${body.pk}/`)).body).toEqual(body);
  });

  it('creates a stage with every field, and keeps unsent fields in PUT and PATCH', async () => {
    const { status, body } = await app.api.post(path, { ...named(), ...resolved(others) });
    expect([status, body]).toEqual([201, { ...body, ...defaults, ...resolved(others) }]);
    const one = `${path}${body.pk}/`;
    expect((await app.api.patch(one, {})).body).toEqual(body);
    expect((await app.api.patch(one, { name: `patched ${kind}` })).body).toEqual({ ...body, name: `patched ${kind}` });
    const replaced = { ...body, ...needed, name: `replaced ${kind}` };
    expect((await app.api.put(one, { ...needed, name: `replaced ${kind}` })).body).toEqual(replaced);
    expect((await app.api.get(one)).body).toEqual(replaced);
  });

  it('changes every field individually', async () => {
    const { body } = await app.api.post(path, named());
    let expected = body;
    for (const [name, value] of Object.entries(resolved(others))) {
      expected = { ...expected, [name]: value };
      expect((await app.api.patch(`${path}${body.pk}/`, { [name]: value })).body).toEqual(expected);
    }
  });

  it('answers 400 without the required fields', async () => {
    const required = Object.keys(needed).filter((name) => name !== 'user_fields');
    const missing = Object.fromEntries(['name', ...required].map((name) => [name, ['This field is required.']]));
    const { body } = await app.api.post(path, named());
    expect(await app.api.post(path, {})).toMatchObject({ status: 400, body: missing });
    expect(await app.api.put(`${path}${body.pk}/`, {})).toMatchObject({ status: 400, body: missing });
  });

  it('reports all invalid fields at once, in the order of the fields, and changes nothing', async () => {
    const { body: stage } = await app.api.post(path, named());
    const request = Object.fromEntries(Object.entries(refused).map(([name, [value]]) => [name, value]));
    const messages = Object.fromEntries(Object.entries(refused).map(([name, [, message]]) => [name, message]));
    expect(Object.keys(refused)).toEqual(Object.keys(defaults));
    const { status, body } = await app.api.patch(`${path}${stage.pk}/`, request);
    expect([status, JSON.stringify(body)]).toEqual([400, JSON.stringify(messages)]);
    expect((await app.api.get(`${path}${stage.pk}/`)).body).toEqual(stage);
  });

  it('refuses a name that is taken by a stage of any kind', async () => {
    const other = await createStage(app.api, kind === 'deny' ? 'consent' : 'deny');
    const { status, body } = await app.api.post(path, { ...named(), name: other.name });
    expect([status, body]).toEqual([400, { name: ['stage with this name already exists.'] }]);
  });

  it('filters the list by each of its filters', async () => {
    const { body: wanted } = await app.api.post(path, { ...named(), name: `wanted ${kind}`, ...resolved(others) });
    const { body: other } = await app.api.post(path, { ...named(), name: `other ${kind}` });
    const { pk, name } = wanted;
    const values = Object.fromEntries(filters.map((field) => [field, wanted[field]]));
    const byKey = kind === 'identification' || kind === 'password' ? {} : { stage_uuid: pk };
    for (const [field, value] of Object.entries({ ...byKey, ...values, name, search: 'WANT' })) {
      const { body } = await app.api.get(`${path}?${new URLSearchParams({ [field]: String(value) }).toString()}`);
      const found = body.results.map((stage: { pk: string }) => stage.pk);
      expect([field, found.includes(pk), found.includes(other.pk)]).toEqual([field, true, false]);
    }
  });

  it('sorts the list by every filter field', async () => {
    const { body: one } = await app.api.post(path, { ...named(), name: `sorted a ${kind}` });
    const { body: two } = await app.api.post(path, { ...named(), name: `sorted b ${kind}`, ...resolved(others) });
    const order = async (ordering: string): Promise<string[]> => {
      const { body } = await app.api.get(`${path}?search=sorted&ordering=${ordering}`);
      return body.results.map(({ pk }: { pk: string }) => pk);
    };
    expect(await order('')).toEqual([one.pk, two.pk]);
    for (const field of ['name', ...filters]) {
      const up = await order(field);
      expect(await order(`-${field}`), field).toEqual([...up].reverse());
    }
    expect(await order('-flow_set,component')).toEqual([one.pk, two.pk]);
  });

  it('returns flow_set and used_by of a stage, and deletes it with its bindings', async () => {
    const { body: stage } = await app.api.post(path, named());
    const { pk: target, slug } = await createFlow(app.api);
    const binding = await createBinding(app.api, { stage: stage.pk, target });
    const one = `${path}${stage.pk}/`;
    expect((await app.api.get(one)).body.flow_set).toMatchObject([{ slug }]);
    const { body: users } = await app.api.get(`${one}used_by/`);
    expect(users.map(({ pk }: { pk: string }) => pk)).toEqual([target, binding.pk]);
    expect((await app.api.delete(one)).status).toBe(204);
    expect((await app.api.delete(one)).status).toBe(404);
    expect((await app.api.get(`/flows/bindings/${binding.pk}/`)).status).toBe(404);
  });

  it('is listed in /stages/all/types/, and its stages in /stages/all/', async () => {
    const { body: types } = await app.api.get('/stages/all/types/');
    const { component, verbose_name: name, meta_model_name: model } = words;
    expect(types).toContainEqual({
      name,
      description: expect.stringMatching(/\w+\.$/),
      component,
      model_name: model.split('.')[1],
      icon_url: null,
      requires_enterprise: false,
    });
    const { body: stage } = await app.api.post(path, named());
    expect((await app.api.get(`/stages/all/${stage.pk}/`)).body).toMatchObject({ pk: stage.pk, ...words });
  });

  it('requires the permission of its model, on all stages or on one', async () => {
    const [app_label, model] = words.meta_model_name.split('.');
    const permission = (action: string): string => `${app_label}.${action}_${model}`;
    const { body: stage } = await app.api.post(path, named());
    const one = `${path}${stage.pk}/`;
    const nobody = await createActor(app);
    const viewer = await createActor(app, [permission('view')]);
    const editor = await createActor(app, ['view', 'add', 'change', 'delete'].map(permission));
    const onOne = await createActor(app);
    await allow(app, onOne.user.pk, {
      permissions: [permission('view'), permission('change')],
      model: words.meta_model_name,
      object_pk: stage.pk,
    });
    const statuses = async ({ api }: typeof nobody): Promise<number[]> => [
      (await api.get(path)).status,
      (await api.get(one)).status,
      (await api.get(`${one}used_by/`)).status,
      (await api.post(path, named())).status,
      (await api.patch(one, {})).status,
      (await api.put(one, { ...named(), name: stage.name })).status,
      (await api.delete(one)).status,
    ];
    expect(await statuses(nobody)).toEqual([403, 403, 403, 403, 403, 403, 403]);
    expect(await statuses(viewer)).toEqual([200, 200, 200, 403, 403, 403, 403]);
    expect(await statuses(onOne)).toEqual([200, 200, 200, 403, 200, 200, 403]);
    expect(await statuses(editor)).toEqual([200, 200, 200, 201, 200, 200, 204]);
  });
});
