import { randomUUID } from 'node:crypto';

import {
  CoreApi,
  type Flow,
  FlowsApi,
  PoliciesApi,
  type PolicyBinding,
  type PolicyBindingRequest,
} from '@goauthentik/api';
import { beforeAll, expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/policies/bindings/', (sdk) => {
  const policies = (key?: string | null): PoliciesApi => new PoliciesApi(sdk().configuration(key));
  const core = (): CoreApi => new CoreApi(sdk().configuration());
  const bind = (request: Partial<PolicyBindingRequest>): Promise<PolicyBinding> =>
    policies().policiesBindingsCreate({ policyBindingRequest: { target: flow.pk, order: 0, ...request } });
  let flow: Flow;
  let group: string;
  let user: number;

  beforeAll(async () => {
    const flowRequest = { name: 'Flow', slug: 'flow', title: 'Flow', designation: 'recovery' as const };
    flow = await new FlowsApi(sdk().configuration()).flowsInstancesCreate({ flowRequest });
    group = (await core().coreGroupsCreate({ groupRequest: { name: 'Members' } })).pk;
    user = (await core().coreUsersCreate({ userRequest: { username: 'alice', name: 'Alice' } })).pk;
  });

  it('creates with authentik’s defaults, and embeds the user or group', async () => {
    const binding = await bind({ group, order: 3 });
    expect(binding).toEqual({
      pk: binding.pk,
      policy: undefined,
      group,
      user: undefined,
      policyObj: null,
      groupObj: await core().coreGroupsRetrieve({ groupUuid: group }),
      userObj: null,
      target: flow.pk,
      negate: false,
      enabled: true,
      order: 3,
      timeout: 30,
      failureResult: false,
    });
    expect((await bind({ user })).userObj).toMatchObject({ pk: user, username: 'alice' });
  });

  it('creates with every field, with the UUID of the policy target', async () => {
    const settings = { user, negate: true, enabled: false, order: -1, timeout: 5, failureResult: true };
    expect(await bind({ ...settings, target: flow.policybindingmodelPtrId })).toMatchObject(settings);
  });

  it('answers 400 for a policy, no subject or two subjects', async () => {
    const policy = randomUUID();
    expect(await refusal(bind({ policy }))).toEqual({
      status: 400,
      body: { policy: [`Invalid pk "${policy}" - object does not exist.`] },
    });
    expect(await refusal(bind({}))).toEqual({
      status: 400,
      body: { non_field_errors: ["One of 'policy', 'group' or 'user' must be set."] },
    });
    expect(await refusal(bind({ user, group }))).toEqual({
      status: 400,
      body: { non_field_errors: ["Only one of 'policy', 'group' or 'user' can be set."] },
    });
  });

  it('retrieves, replaces, changes and deletes', async () => {
    const binding = await bind({ group });
    const policyBindingUuid = binding.pk;
    expect(await policies().policiesBindingsRetrieve({ policyBindingUuid })).toEqual(binding);
    const policyBindingRequest = { target: flow.pk, order: 8, group };
    const changed = { ...binding, order: 8 };
    expect(await policies().policiesBindingsUpdate({ policyBindingUuid, policyBindingRequest })).toEqual(changed);
    expect(
      await policies().policiesBindingsPartialUpdate({
        policyBindingUuid,
        patchedPolicyBindingRequest: { negate: true },
      }),
    ).toEqual({ ...changed, negate: true });
    expect(await policies().policiesBindingsUsedByList({ policyBindingUuid })).toEqual([]);
    await policies().policiesBindingsDestroy({ policyBindingUuid });
    expect((await refusal(policies().policiesBindingsRetrieve({ policyBindingUuid }))).status).toBe(404);
  });

  it('filters a list by every filter', async () => {
    const settings = { enabled: false, order: 4711, timeout: 4712 };
    const wanted = await bind({ ...settings, group });
    const other = await bind({ user });
    const { policybindingmodelPtrId: target } = flow;
    for (const [name, value] of Object.entries({ ...settings, search: 'members' })) {
      const { results } = await policies().policiesBindingsList({ target, [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    const last = await policies().policiesBindingsList({ targetIn: [target], policyIsnull: true, ordering: '-order' });
    expect(last.results[0]).toEqual(wanted);
    const none = await policies().policiesBindingsList({ policyIsnull: false });
    expect(none.pagination.count).toBe(0);
  });

  it('answers 403 without credentials', async () => {
    expect(await refusal(policies(null).policiesBindingsList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });
});
