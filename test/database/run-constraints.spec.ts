import 'reflect-metadata';

import { randomBytes, randomUUID } from 'node:crypto';

import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dataSourceOptions } from '../../src/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { refusalOf, type Row } from './refusal.js';

let database: TestDatabase;
let dataSource: DataSource;

/** Keys of existing rows, and of an unknown user. */
const [flow, stage, promptStage, user, nobody] = [randomUUID(), randomUUID(), randomUUID(), 1_000_000, 1_000_001];

const refusal = (table: string, row: Row): Promise<string | undefined> => refusalOf(dataSource, table, row);

const tomorrow = new Date(Date.now() + 86_400_000);

const session = (fields: Row = {}): Row => ({ key_hash: randomBytes(32), state: '', expires: tomorrow, ...fields });

const flowToken = (fields: Row = {}): Row => {
  const bound = { user_id: user, user_address: 'a@b.co', address: 'a@b.co', flow_uuid: flow, stage_uuid: stage };
  const own = { token_uuid: randomUUID(), key_hash: randomBytes(32), purpose: 'confirm' };
  return { ...own, ...bound, execution: randomUUID(), plan: '', expires: tomorrow, ...fields };
};

const invitation = (fields: Row = {}): Row => {
  return { invite_uuid: randomUUID(), name: 'invitation', created_by_id: user, ...fields };
};

const consent = (fields: Row = {}): Row => {
  return { user_id: user, stage_uuid: stage, flow_uuid: flow, permissions: [], given: new Date(), ...fields };
};

const prompt = (fields: Row = {}): Row => {
  return { prompt_uuid: randomUUID(), name: randomUUID(), field_key: 'name', label: 'Name', type: 'text', ...fields };
};

const policyBinding = (fields: Row = {}): Row => {
  return { policy_binding_uuid: randomUUID(), flow_uuid: flow, user_id: user, order: 0, ...fields };
};

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
  const texts = { name: 'Flow', slug: 'flow', title: 'Title', designation: 'recovery' };
  const refusals = [
    await refusal('flow', { flow_uuid: flow, pbm_uuid: randomUUID(), ...texts }),
    await refusal('stage', { stage_uuid: stage, name: 'stage', kind: 'dummy', throw_error: false }),
    await refusal('stage', { stage_uuid: promptStage, name: 'form', kind: 'prompt' }),
    await refusal('user', { id: user, uuid: randomUUID(), username: 'alice' }),
  ];
  expect(refusals).toEqual(refusals.map(() => undefined));
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** Whether a row still exists. */
async function isLeft(table: string, column: string, key: unknown): Promise<boolean> {
  return (await dataSource.query<unknown[]>(`select from "${table}" where ${column} = $1`, [key])).length > 0;
}

describe('The table of sessions', () => {
  it('refuses a duplicate key, an unknown user and an invalid network', async () => {
    const row = session({ user_id: user, network: '10.0.0.0/8' });
    expect(await refusal('session', row)).toBeUndefined();
    expect(await refusal('session', row)).toBe('pk_session');
    expect(await refusal('session', session({ user_id: nobody }))).toBe('fk_session_user');
    expect(await refusal('session', session({ network: 'everywhere' }))).toBe('22P02');
    expect(await refusal('session', session({ network: '10.0.0.1/8' }))).toBe('22P02');
  });

  it.each(['key_hash', 'state', 'expires', 'replaced', 'created'])('refuses a session without %s', async (column) => {
    expect(await refusal('session', session({ [column]: null }))).toBe(`null in ${column}`);
  });
});

describe('The table of links', () => {
  it('refuses a duplicate secret and dangling references', async () => {
    const row = flowToken();
    expect(await refusal('flow_token', row)).toBeUndefined();
    expect(await refusal('flow_token', flowToken({ token_uuid: row['token_uuid'] }))).toBe('pk_flow_token');
    expect(await refusal('flow_token', flowToken({ key_hash: row['key_hash'] }))).toBe('uq_flow_token_key_hash');
    expect(await refusal('flow_token', flowToken({ flow_uuid: randomUUID() }))).toBe('fk_flow_token_flow');
    expect(await refusal('flow_token', flowToken({ stage_uuid: randomUUID() }))).toBe('fk_flow_token_stage');
    expect(await refusal('flow_token', flowToken({ user_id: nobody }))).toBe('fk_flow_token_user');
  });

  it('refuses an unknown purpose, and a proof without a stage; an administrator’s link may have none', async () => {
    expect(await refusal('flow_token', flowToken({ purpose: 'fun' }))).toBe('ck_flow_token_purpose');
    expect(await refusal('flow_token', flowToken({ stage_uuid: null }))).toBe('ck_flow_token_stage');
    expect(await refusal('flow_token', flowToken({ purpose: 'recovery', stage_uuid: null }))).toBeUndefined();
  });

  it.each(['key_hash', 'purpose', 'user_address', 'address', 'flow_uuid', 'execution', 'plan', 'created', 'expires'])(
    'refuses a link without %s',
    async (column) => {
      expect(await refusal('flow_token', flowToken({ [column]: null }))).toBe(`null in ${column}`);
    },
  );

  it('keeps the links of a deleted user, so that opening one explains why it is invalid', async () => {
    const gone = 1_000_002;
    await refusal('user', { id: gone, uuid: randomUUID(), username: 'gone' });
    const row = flowToken({ user_id: gone });
    expect(await refusal('flow_token', row)).toBeUndefined();
    await dataSource.query('delete from "user" where id = $1', [gone]);
    const left = await dataSource.query('select user_id from "flow_token" where token_uuid = $1', [row['token_uuid']]);
    expect(left).toEqual([{ user_id: null }]);
  });
});

describe('The table of invitations', () => {
  it('refuses unknown creators and flows, long names, and invitations without a creator', async () => {
    expect(await refusal('invitation', invitation({ flow_uuid: flow, expires: tomorrow }))).toBeUndefined();
    expect(await refusal('invitation', invitation({ created_by_id: nobody }))).toBe('fk_invitation_created_by');
    expect(await refusal('invitation', invitation({ flow_uuid: randomUUID() }))).toBe('fk_invitation_flow');
    expect(await refusal('invitation', invitation({ name: 'x'.repeat(51) }))).toBe('22001');
    for (const column of ['name', 'created_by_id', 'fixed_data', 'single_use']) {
      expect(await refusal('invitation', invitation({ [column]: null }))).toBe(`null in ${column}`);
    }
  });

  it('deletes invitations with their flow, because without one they would be valid for every flow', async () => {
    const other = randomUUID();
    const texts = { name: 'Other', slug: 'other', title: 'Title', designation: 'enrollment' };
    await refusal('flow', { flow_uuid: other, pbm_uuid: randomUUID(), ...texts });
    const row = invitation({ flow_uuid: other });
    expect(await refusal('invitation', row)).toBeUndefined();
    await dataSource.query('delete from "flow" where flow_uuid = $1', [other]);
    expect(await isLeft('invitation', 'invite_uuid', row['invite_uuid'])).toBe(false);
  });
});

describe('The table of consents', () => {
  it('has one row for each user, stage and flow, and references only existing rows', async () => {
    expect(await refusal('consent', consent())).toBeUndefined();
    expect(await refusal('consent', consent())).toBe('pk_consent');
    expect(await refusal('consent', consent({ user_id: nobody }))).toBe('fk_consent_user');
    expect(await refusal('consent', consent({ stage_uuid: randomUUID() }))).toBe('fk_consent_stage');
    expect(await refusal('consent', consent({ flow_uuid: randomUUID() }))).toBe('fk_consent_flow');
  });
});

describe('The tables of forms', () => {
  it('refuse a duplicate name, an unknown type and a duplicate field of a form', async () => {
    const row = prompt();
    expect(await refusal('prompt', row)).toBeUndefined();
    expect(await refusal('prompt', prompt({ name: row['name'] }))).toBe('uq_prompt_name');
    expect(await refusal('prompt', prompt({ type: 'nope' }))).toBe('ck_prompt_type');
    const field = { stage_uuid: promptStage, prompt_uuid: row['prompt_uuid'] };
    expect(await refusal('prompt_stage_field', field)).toBeUndefined();
    expect(await refusal('prompt_stage_field', field)).toBe('pk_prompt_stage_field');
    const nowhere = { ...field, stage_uuid: randomUUID() };
    expect(await refusal('prompt_stage_field', nowhere)).toBe('fk_prompt_stage_field_stage');
    const nothing = { ...field, prompt_uuid: randomUUID() };
    expect(await refusal('prompt_stage_field', nothing)).toBe('fk_prompt_stage_field_prompt');
  });

  it.each(['name', 'field_key', 'label', 'type', 'required', 'order'])('refuse a field without %s', async (column) => {
    expect(await refusal('prompt', prompt({ [column]: null }))).toBe(`null in ${column}`);
  });
});

describe('The table of policy bindings', () => {
  it('refuses a binding without exactly one subject and exactly one target', async () => {
    expect(await refusal('policy_binding', policyBinding())).toBeUndefined();
    expect(await refusal('policy_binding', policyBinding({ user_id: null }))).toBe('ck_policy_binding_subject');
    expect(await refusal('policy_binding', policyBinding({ group_uuid: randomUUID() }))).toBe(
      'ck_policy_binding_subject',
    );
    expect(await refusal('policy_binding', policyBinding({ flow_uuid: null }))).toBe('ck_policy_binding_target');
    expect(await refusal('policy_binding', policyBinding({ fsb_uuid: randomUUID() }))).toBe('ck_policy_binding_target');
    expect(await refusal('policy_binding', policyBinding({ timeout: -1 }))).toBe('ck_policy_binding_timeout');
    expect(await refusal('policy_binding', policyBinding({ order: null }))).toBe('null in order');
  });

  it('refuses unknown users, groups, flows and stage bindings', async () => {
    const nowhere = { flow_uuid: null, fsb_uuid: randomUUID() };
    expect(await refusal('policy_binding', policyBinding({ user_id: nobody }))).toBe('fk_policy_binding_user');
    expect(await refusal('policy_binding', policyBinding({ flow_uuid: randomUUID() }))).toBe('fk_policy_binding_flow');
    expect(await refusal('policy_binding', policyBinding(nowhere))).toBe('fk_policy_binding_fsb');
    expect(await refusal('policy_binding', policyBinding({ user_id: null, group_uuid: randomUUID() }))).toBe(
      'fk_policy_binding_group',
    );
  });
});

describe('The table of limits', () => {
  it('has one row for each key', async () => {
    const row = { key: 'mail:alice', count: 1, ends: tomorrow };
    expect(await refusal('request_limit', row)).toBeUndefined();
    expect(await refusal('request_limit', row)).toBe('pk_request_limit');
  });
});

describe('Deleting a user', () => {
  it('deletes sessions, invitations and consents', async () => {
    const gone = 1_000_003;
    await refusal('user', { id: gone, uuid: randomUUID(), username: 'leaving' });
    const rows: [string, string, Row][] = [
      ['session', 'user_id', session({ user_id: gone })],
      ['invitation', 'created_by_id', invitation({ created_by_id: gone })],
      ['consent', 'user_id', consent({ user_id: gone })],
      ['policy_binding', 'user_id', policyBinding({ user_id: gone })],
    ];
    for (const [table, , row] of rows) expect(await refusal(table, row)).toBeUndefined();
    await dataSource.query('delete from "user" where id = $1', [gone]);
    for (const [table, column] of rows) expect([table, await isLeft(table, column, gone)]).toEqual([table, false]);
  });
});
