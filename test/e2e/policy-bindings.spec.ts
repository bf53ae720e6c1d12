import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FlowDto } from '../../src/flows/dto/flow.dto.js';
import { allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let flow: FlowDto;
let group: string;
let user: number;

beforeAll(async () => {
  app = await startTestApp();
  flow = await createFlow(app.api);
  group = (await createGroup(app.api)).pk;
  user = (await createUser(app.api)).pk;
});
afterAll(() => app.stop());

const path = '/policies/bindings/';
const onlyOne = { non_field_errors: ["Only one of 'policy', 'group' or 'user' can be set."] };
const atLeastOne = { non_field_errors: ["One of 'policy', 'group' or 'user' must be set."] };

describe('A new policy binding', () => {
  it("has authentik's defaults and field order, and includes the group", async () => {
    const { status, body } = await app.api.post(path, { target: flow.pk, group, order: 5 });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual([
      'pk',
      'policy',
      'group',
      'user',
      'policy_obj',
      'group_obj',
      'user_obj',
      'target',
      'negate',
      'enabled',
      'order',
      'timeout',
      'failure_result',
    ]);
    expect(body).toMatchObject({ policy: null, group, user: null, policy_obj: null, user_obj: null, target: flow.pk });
    expect(body).toMatchObject({ negate: false, enabled: true, order: 5, timeout: 30, failure_result: false });
    expect(body.group_obj).toEqual((await app.api.get(`/core/groups/${group}/`)).body);
  });

  it('accepts every field, and includes the user', async () => {
    const fields = { user, negate: true, enabled: false, order: -1, timeout: 0, failure_result: true };
    const { body } = await app.api.post(path, { target: flow.pk, ...fields });
    expect(body).toMatchObject(fields);
    expect(body.user_obj).toEqual((await app.api.get(`/core/users/${user}/`)).body);
    expect((await app.api.get(`${path}${body.pk}/`)).body).toEqual(body);
  });

  it('accepts a flow or a flow-stage binding as target, by primary key or policy target key', async () => {
    const place = await createBinding(app.api);
    for (const target of [flow, place]) {
      for (const key of [target.pk, target.policybindingmodel_ptr_id]) {
        expect((await createPolicyBinding(app.api, { target: key, user })).target).toBe(target.pk);
      }
    }
  });

  it('returns the errors of all fields at once, in field order', async () => {
    const nothing = randomUUID();
    const { status, body } = await app.api.post(path, {
      failure_result: 'x',
      timeout: -1,
      enabled: null,
      negate: 2,
      target: nothing,
      user: 2_000_000_000,
      group: nothing,
      policy: nothing,
    });
    expect(status).toBe(400);
    const missing = [`Invalid pk "${nothing}" - object does not exist.`];
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        policy: missing,
        group: missing,
        user: ['Invalid pk "2000000000" - object does not exist.'],
        target: missing,
        negate: ['Must be a valid boolean.'],
        enabled: ['This field may not be null.'],
        order: ['This field is required.'],
        timeout: ['Ensure this value is greater than or equal to 0.'],
        failure_result: ['Must be a valid boolean.'],
      }),
    );
    expect((await app.api.post(path, { target: 'x', order: 0 })).body).toEqual({
      target: ['“x” is not a valid UUID.'],
    });
  });

  it('requires exactly one of group and user', async () => {
    const place = { target: flow.pk, order: 0 };
    expect(await app.api.post(path, place)).toMatchObject({ status: 400, body: atLeastOne });
    expect(await app.api.post(path, { ...place, policy: null, group: null, user: null })).toMatchObject({
      status: 400,
      body: atLeastOne,
    });
    expect(await app.api.post(path, { ...place, group, user })).toMatchObject({ status: 400, body: onlyOne });
  });
});

describe('An update of a policy binding', () => {
  it('keeps the subject unless the request contains another subject', async () => {
    const binding = await createPolicyBinding(app.api, { target: flow.pk, group });
    const detail = `${path}${binding.pk}/`;
    expect((await app.api.patch(detail, { negate: true })).body).toEqual({ ...binding, negate: true });
    const put = await app.api.put(detail, { target: flow.pk, order: 9, user });
    expect(put).toMatchObject({ status: 200, body: { group: null, group_obj: null, user, order: 9, negate: true } });
    expect(await app.api.patch(detail, { user: null, group })).toMatchObject({
      status: 200,
      body: { group, user: null },
    });
    expect(await app.api.patch(detail, { user })).toMatchObject({ status: 200, body: { group: null, user } });
    expect(await app.api.patch(detail, { user: null })).toMatchObject({ status: 400, body: atLeastOne });
    expect(await app.api.patch(detail, { user, group })).toMatchObject({ status: 400, body: onlyOne });
  });

  it('can change the target', async () => {
    const binding = await createPolicyBinding(app.api, { target: flow.pk, group });
    const place = await createBinding(app.api);
    const { body } = await app.api.patch(`${path}${binding.pk}/`, { target: place.pk });
    expect(body).toEqual({ ...binding, target: place.pk });
  });
});

describe('A policy binding', () => {
  it('is deleted with its target and with its subject', async () => {
    const gone = await createFlow(app.api);
    const place = await createBinding(app.api);
    const someone = await createUser(app.api);
    const members = await createGroup(app.api);
    const bindings = [
      await createPolicyBinding(app.api, { target: gone.pk, user }),
      await createPolicyBinding(app.api, { target: place.pk, user }),
      await createPolicyBinding(app.api, { target: flow.pk, user: someone.pk }),
      await createPolicyBinding(app.api, { target: flow.pk, group: members.pk }),
    ];
    await app.api.delete(`/flows/instances/${gone.slug}/`);
    await app.api.delete(`/stages/email/${place.stage}/`);
    await app.api.delete(`/core/users/${someone.pk}/`);
    await app.api.delete(`/core/groups/${members.pk}/`);
    for (const { pk } of bindings) expect((await app.api.get(`${path}${pk}/`)).status).toBe(404);
  });

  it('has no references, and answers 404 to a second delete', async () => {
    const { pk } = await createPolicyBinding(app.api, { target: flow.pk, user });
    expect((await app.api.get(`${path}${pk}/used_by/`)).body).toEqual([]);
    expect((await app.api.delete(`${path}${pk}/`)).status).toBe(204);
    expect((await app.api.delete(`${path}${pk}/`)).status).toBe(404);
  });

  it('requires its own permissions for reads and changes', async () => {
    const { pk: object_pk } = await createPolicyBinding(app.api, { target: flow.pk, user });
    const actor = await createActor(app);
    expect((await actor.api.get(path)).status).toBe(403);
    const model = 'authentik_policies.policybinding';
    await allow(app, actor.user.pk, { permissions: ['view_policybinding'], model, object_pk });
    expect((await actor.api.get(path)).body.results).toMatchObject([{ pk: object_pk }]);
    expect((await actor.api.patch(`${path}${object_pk}/`, { order: 1 })).status).toBe(403);
    await allow(app, actor.user.pk, { permissions: ['change_policybinding'], model, object_pk });
    expect((await actor.api.patch(`${path}${object_pk}/`, { order: 1 })).status).toBe(200);
    expect((await actor.api.post(path, { target: flow.pk, user, order: 0 })).status).toBe(403);
    await app.api.delete(`${path}${object_pk}/`);
    expect((await actor.api.get(path)).status).toBe(403);
  });
});

describe('`used_by` of users and groups', () => {
  it('lists the policy bindings that are deleted with them', async () => {
    const someone = await createUser(app.api, { username: 'bound-user' });
    const members = await createGroup(app.api, { name: 'Bound group' });
    const place = await createBinding(app.api);
    const one = await createPolicyBinding(app.api, { target: flow.pk, user: someone.pk, order: 4 });
    const other = await createPolicyBinding(app.api, { target: place.pk, group: members.pk, order: 5 });
    const found = { app: 'authentik_policies', model_name: 'policybinding', action: 'cascade' };
    expect((await app.api.get(`/core/users/${someone.pk}/used_by/`)).body).toEqual([
      {
        ...found,
        pk: one.pk,
        name: `Binding from PolicyBindingModel ${flow.policybindingmodel_ptr_id} #4 to User bound-user`,
      },
    ]);
    expect((await app.api.get(`/core/groups/${members.pk}/used_by/`)).body).toEqual([
      {
        ...found,
        pk: other.pk,
        name: `Binding from PolicyBindingModel ${place.policybindingmodel_ptr_id} #5 to Group Bound group`,
      },
    ]);
    const { api } = await createActor(app, ['authentik_core.view_group']);
    expect((await api.get(`/core/groups/${members.pk}/used_by/`)).body).toEqual([]);
  });
});

describe('The list of policy bindings', () => {
  it('filters by target, by primary key or policy target key', async () => {
    const one = await createFlow(app.api);
    const place = await createBinding(app.api);
    const [first, second] = [
      await createPolicyBinding(app.api, { target: one.pk, user, order: 2 }),
      await createPolicyBinding(app.api, { target: one.pk, group, order: 1 }),
    ];
    const third = await createPolicyBinding(app.api, { target: place.pk, user });
    const keysOf = async (query: string): Promise<string[]> =>
      (await app.api.get(`${path}?${query}`)).body.results.map(({ pk }: { pk: string }) => pk);
    for (const key of [one.pk, one.policybindingmodel_ptr_id]) {
      expect(await keysOf(`target=${key}`)).toEqual([second.pk, first.pk]);
      expect(await keysOf(`target_in=${key}&target_in=${place.pk}&ordering=-order`)).toEqual([
        first.pk,
        second.pk,
        third.pk,
      ]);
    }
    expect(await keysOf(`target=${place.policybindingmodel_ptr_id}`)).toEqual([third.pk]);
    const nothing = randomUUID();
    expect((await app.api.get(`${path}?target=${nothing}&target_in=${nothing}&policy=${nothing}`)).body).toEqual({
      target: ['Select a valid choice. That choice is not one of the available choices.'],
      target_in: [`Select a valid choice. ${nothing} is not one of the available choices.`],
      policy: ['Select a valid choice. That choice is not one of the available choices.'],
    });
    expect((await app.api.get(`${path}?target=x&policy=y`)).body).toEqual({
      target: ['“x” is not a valid UUID.'],
      policy: ['“y” is not a valid UUID.'],
    });
  });

  it('filters by all other fields, and searches names of subjects', async () => {
    const named = await createGroup(app.api, { name: 'the searched group' });
    const fields = { group: named.pk, enabled: false, order: 4711, timeout: 77 };
    const wanted = await createPolicyBinding(app.api, { target: flow.pk, ...fields });
    for (const query of [
      'enabled=false&order=4711',
      'order=4711',
      'timeout=77',
      'search=searched',
      'ordering=-order',
    ]) {
      expect((await app.api.get(`${path}?${query}`)).body.results[0], query).toEqual(wanted);
    }
    expect((await app.api.get(`${path}?order=4711&policy__isnull=true`)).body.results).toEqual([wanted]);
    expect((await app.api.get(`${path}?policy__isnull=false`)).body.results).toEqual([]);
    expect((await app.api.get(`${path}?order=4711&enabled=true`)).body.results).toEqual([]);
  });

  it('sorts by any column, and by target and order by default', async () => {
    const names = ['pk', 'group', 'user', 'target', 'negate', 'enabled', 'order', 'timeout', 'failure_result'];
    for (const name of names) expect((await app.api.get(`${path}?ordering=-${name}`)).status, name).toBe(200);
    const { body } = await app.api.get(path);
    const places = body.results.map(({ target, order }: { target: string; order: number }) => [target, order]);
    const sorted = [...places].sort(([a, m], [b, n]) => (a === b ? m - n : a < b ? -1 : 1));
    expect(places).toEqual(sorted);
  });
});
