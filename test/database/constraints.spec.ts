import 'reflect-metadata';

import { randomUUID } from 'node:crypto';

import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { entityNameOf, permissionModels } from '../../src/core/permissions/permission-models.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { refusalOf, type Row } from './refusal.js';

let database: TestDatabase;
let dataSource: DataSource;
let flow: Row;
let stage: Row;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const refusal = (table: string, row: Row): Promise<string | undefined> => refusalOf(dataSource, table, row);

function emailStage(fields: Row = {}): Row {
  const key = randomUUID();
  const connection = { host: 'localhost', port: 25, username: '', password: '', use_tls: false, use_ssl: false };
  const mail = { timeout: 10, from_address: 'a@b.co', token_expiry: 30, subject: 'x', template: 'x' };
  const flags = { use_global_settings: false, activate_user_on_success: false };
  const limits = { recovery_max_attempts: 5, recovery_cache_timeout: 'minutes=5' };
  return {
    stage_uuid: key,
    name: `stage-${key}`,
    kind: 'email',
    ...connection,
    ...mail,
    ...flags,
    ...limits,
    ...fields,
  };
}

function dummyStage(fields: Row = {}): Row {
  return { stage_uuid: randomUUID(), name: randomUUID(), kind: 'dummy', throw_error: false, ...fields };
}

/** Required columns of these kinds. */
const signInStages = {
  consent: { mode: 'permanent', consent_expire_in: 'weeks=4' },
  deny: { deny_message: '' },
  identification: {
    user_fields: [],
    case_insensitive_matching: true,
    show_matched_user: true,
    show_source_labels: false,
    pretend_user_exists: true,
  },
  password: { backends: [], failed_attempts_before_cancel: 5, allow_show_password: false },
  user_login: {
    session_duration: 'seconds=0',
    terminate_other_sessions: false,
    remember_me_offset: 'seconds=0',
    network_binding: 'no_binding',
    geoip_binding: 'no_binding',
  },
} satisfies Record<string, Row>;

function flowRow(fields: Row = {}): Row {
  const texts = { name: 'Flow', slug: randomUUID(), title: 'Title', designation: 'recovery' };
  return { flow_uuid: randomUUID(), pbm_uuid: randomUUID(), ...texts, ...fields };
}

function binding(fields: Row = {}): Row {
  const place = { target_uuid: flow['flow_uuid'], stage_uuid: stage['stage_uuid'], order: 1 };
  return { fsb_uuid: randomUUID(), pbm_uuid: randomUUID(), ...place, ...fields };
}

beforeEach(async () => {
  flow = flowRow();
  stage = emailStage();
  expect([await refusal('flow', flow), await refusal('stage', stage)]).toEqual([undefined, undefined]);
});

describe('The table of stages', () => {
  it('refuses a duplicate name, even of another kind', async () => {
    expect(await refusal('stage', emailStage({ name: stage['name'] }))).toBe('uq_stage_name');
    const name = String(stage['name']);
    expect(await refusal('stage', dummyStage({ name }))).toBe('uq_stage_name');
    expect(await refusal('stage', dummyStage({ name: name.toUpperCase() }))).toBeUndefined();
  });

  it('refuses a duplicate key', async () => {
    expect(await refusal('stage', emailStage({ stage_uuid: stage['stage_uuid'] }))).toBe('pk_stage');
  });

  it.each(['stage_uuid', 'name', 'kind'])('refuses a stage without %s', async (column) => {
    expect(await refusal('stage', emailStage({ [column]: null }))).toBe(`null in ${column}`);
  });

  it.each(Object.keys(emailStage()).slice(3))('refuses an email stage without %s', async (column) => {
    expect(await refusal('stage', emailStage({ [column]: null }))).toBe('ck_stage_email');
  });

  it('accepts stages of other kinds without the columns of email stages', async () => {
    expect(await refusal('stage', dummyStage())).toBeUndefined();
    expect(await refusal('stage', dummyStage({ throw_error: null }))).toBe('ck_stage_dummy');
  });

  it.each(Object.entries(signInStages))(
    'refuses a stage of the kind %s without a required column',
    async (kind, columns) => {
      const row = { ...columns, stage_uuid: randomUUID(), name: randomUUID(), kind };
      for (const column of Object.keys(columns)) {
        expect([column, await refusal('stage', { ...row, [column]: null })]).toEqual([column, `ck_stage_${kind}`]);
      }
      expect(await refusal('stage', row)).toBeUndefined();
    },
  );

  it.each([
    ['consent', 'mode', 'ck_stage_mode'],
    ['user_login', 'network_binding', 'ck_stage_network_binding'],
    ['user_login', 'geoip_binding', 'ck_stage_geoip_binding'],
  ] as const)('refuses a stage of the kind %s with an unknown value of %s', async (kind, column, check) => {
    const row = { ...signInStages[kind], stage_uuid: randomUUID(), name: randomUUID(), kind };
    expect(await refusal('stage', { ...row, [column]: 'nope' })).toBe(check);
  });

  it.each([
    ['enrollment_flow', 'fk_stage_enrollment_flow'],
    ['recovery_flow', 'fk_stage_recovery_flow'],
    ['passwordless_flow', 'fk_stage_passwordless_flow'],
    ['password_stage', 'fk_stage_password_stage'],
    ['configure_flow', 'fk_stage_configure_flow'],
  ])('refuses an unknown %s', async (column, constraint) => {
    expect(await refusal('stage', dummyStage({ [`${column}_uuid`]: randomUUID() }))).toBe(constraint);
  });

  it('refuses numbers above 32 bits and addresses of more than 254 characters', async () => {
    expect(await refusal('stage', emailStage({ port: 2147483648 }))).toBe('22003');
    expect(await refusal('stage', emailStage({ from_address: 'x'.repeat(255) }))).toBe('22001');
  });
});

describe('The table of flows', () => {
  it('refuses a duplicate or invalid slug', async () => {
    expect(await refusal('flow', flowRow({ slug: flow['slug'] }))).toBe('uq_flow_slug');
    for (const slug of ['', 'a b', 'ä', 'a.b', 'a/b', 'a\n']) {
      expect(await refusal('flow', flowRow({ slug })), slug).toBe('ck_flow_slug');
    }
    expect(await refusal('flow', flowRow({ slug: 'x'.repeat(51) }))).toBe('22001');
  });

  it('refuses duplicate keys', async () => {
    expect(await refusal('flow', flowRow({ flow_uuid: flow['flow_uuid'] }))).toBe('pk_flow');
    expect(await refusal('flow', flowRow({ pbm_uuid: flow['pbm_uuid'] }))).toBe('uq_flow_policy_binding_model');
  });

  it.each(['name', 'slug', 'title', 'designation', 'background', 'pbm_uuid', 'layout', 'compatibility_mode'])(
    'refuses a flow without %s',
    async (column) => {
      expect(await refusal('flow', flowRow({ [column]: null }))).toBe(`null in ${column}`);
    },
  );

  it.each(['designation', 'policy_engine_mode', 'layout', 'denied_action', 'authentication'])(
    'refuses an unknown value of %s',
    async (column) => {
      expect(await refusal('flow', flowRow({ [column]: 'nope' }))).toBe(`ck_flow_${column}`);
    },
  );
});

describe('The table of bindings', () => {
  it('accepts a stage twice in different positions, and two stages in one position', async () => {
    expect(await refusal('flow_stage_binding', binding())).toBeUndefined();
    expect(await refusal('flow_stage_binding', binding({ order: 2 }))).toBeUndefined();
    const other = emailStage();
    await refusal('stage', other);
    expect(await refusal('flow_stage_binding', binding({ stage_uuid: other['stage_uuid'] }))).toBeUndefined();
  });

  it('refuses the same stage at the same place', async () => {
    await refusal('flow_stage_binding', binding());
    expect(await refusal('flow_stage_binding', binding())).toBe('uq_flow_stage_binding_place');
  });

  it('refuses unknown flows and stages', async () => {
    const nowhere = randomUUID();
    expect(await refusal('flow_stage_binding', binding({ target_uuid: nowhere }))).toBe('fk_flow_stage_binding_target');
    expect(await refusal('flow_stage_binding', binding({ stage_uuid: nowhere }))).toBe('fk_flow_stage_binding_stage');
  });

  it.each(['target_uuid', 'stage_uuid', 'order', 'pbm_uuid', 'evaluate_on_plan', 're_evaluate_policies'])(
    'refuses a binding without %s',
    async (column) => {
      expect(await refusal('flow_stage_binding', binding({ [column]: null }))).toBe(`null in ${column}`);
    },
  );

  it.each(['policy_engine_mode', 'invalid_response_action'])('refuses an unknown value of %s', async (column) => {
    const refused = await refusal('flow_stage_binding', binding({ [column]: 'nope' }));
    expect(refused).toBe(`ck_flow_stage_binding_${column}`);
  });

  it.each([
    ['flow', 'flow_uuid', () => flow],
    ['stage', 'stage_uuid', () => stage],
  ])('deletes its rows with their %s', async (table, column, parent) => {
    const row = binding();
    await refusal('flow_stage_binding', row);
    await dataSource.query(`delete from "${table}" where ${column} = $1`, [parent()[column]]);
    const left = await dataSource.query('select from "flow_stage_binding" where fsb_uuid = $1', [row['fsb_uuid']]);
    expect(left).toEqual([]);
  });
});

describe('The tables of users and tokens', () => {
  /** A key above those of the sequence. */
  const owner = 1_000_000;
  const user = (fields: Row = {}): Row => ({ uuid: randomUUID(), username: randomUUID(), ...fields });
  const token = (fields: Row = {}): Row => {
    const key = { identifier: randomUUID(), key_hash: Buffer.from('x'), sealed_key: '' };
    return { token_uuid: randomUUID(), ...key, user_id: owner, ...fields };
  };

  beforeAll(async () => {
    expect(await refusal('user', user({ id: owner, username: 'alice' }))).toBeUndefined();
  });

  it('refuse duplicate names, unknown values and unknown owners', async () => {
    expect(await refusal('user', user({ username: 'alice' }))).toBe('uq_user_username');
    expect(await refusal('user', user({ type: 'robot' }))).toBe('ck_user_type');
    expect(await refusal('token', token({ identifier: 'one' }))).toBeUndefined();
    expect(await refusal('token', token({ identifier: 'one' }))).toBe('uq_token_identifier');
    expect(await refusal('token', token({ intent: 'fun' }))).toBe('ck_token_intent');
    expect(await refusal('token', token({ user_id: owner + 1 }))).toBe('fk_token_user');
  });

  it('refuse a permission without exactly one holder, and a duplicate permission', async () => {
    const grant = { grant_uuid: randomUUID(), codename: 'authentik_flows.view_flow' };
    expect(await refusal('permission_grant', grant)).toBe('ck_permission_grant_holder');
    const role = { role_uuid: randomUUID(), name: 'role' };
    expect(await refusal('role', role)).toBeUndefined();
    const both = { ...grant, user_id: owner, role_uuid: role.role_uuid };
    expect(await refusal('permission_grant', both)).toBe('ck_permission_grant_holder');
    expect(await refusal('permission_grant', { ...grant, user_id: owner })).toBeUndefined();
    const again = { ...grant, grant_uuid: randomUUID(), user_id: owner };
    expect(await refusal('permission_grant', again)).toBe('uq_permission_grant_user');
  });

  it('have triggers for every model that delete the permissions on a deleted object', async () => {
    const triggers = await dataSource.query<{ table: string }[]>(
      `select tgrelid::regclass::text as table from pg_trigger where tgfoid = 'forget_grants'::regproc`,
    );
    const forgetful = triggers.map(({ table }) => table.replaceAll('"', ''));
    for (const model of permissionModels) {
      const name = entityNameOf(model);
      const entity = dataSource.entityMetadatas.find(({ name: other }) => other.toLowerCase() === name);
      expect(forgetful, model).toContain(entity?.tableName);
    }
  });
});
