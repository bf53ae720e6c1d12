import { CoreApi, PoliciesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/policies/all/', (sdk) => {
  const policies = (key?: string | null): PoliciesApi => new PoliciesApi(sdk().configuration(key));

  it('lists, retrieves, tests and deletes policies of every kind', async () => {
    const passwordPolicyRequest = { name: 'long', lengthMin: 12, errorMessage: 'Longer.' };
    const { pk: policyUuid } = await policies().policiesPasswordCreate({ passwordPolicyRequest });
    const policy = await policies().policiesAllRetrieve({ policyUuid });
    expect(policy).toEqual({
      pk: policyUuid,
      name: 'long',
      executionLogging: false,
      component: 'ak-policy-password-form',
      verboseName: 'Password Policy',
      verboseNamePlural: 'Password Policies',
      metaModelName: 'authentik_policies_password.passwordpolicy',
      boundTo: 0,
    });
    const filters = { bindingsIsnull: true, promptstageIsnull: true, search: 'lon', ordering: 'name' };
    const list = await policies().policiesAllList({ ...filters, page: 1, pageSize: 5 });
    expect(list.results).toEqual([policy]);
    const { pk: user } = await new CoreApi(sdk().configuration()).coreUsersMeRetrieve().then((me) => me.user);
    const policyTestRequest = { user, context: { prompt_data: { password: 'short' } } };
    expect(await policies().policiesAllTestCreate({ policyUuid, policyTestRequest })).toEqual({
      passing: false,
      messages: ['Longer.'],
      logMessages: [
        {
          timestamp: expect.any(Date),
          logLevel: 'info',
          logger: 'authentik.policies.process',
          event: 'length_min 12 is not met',
          attributes: {},
        },
      ],
    });
    expect(await policies().policiesAllUsedByList({ policyUuid })).toEqual([]);
    await policies().policiesAllDestroy({ policyUuid });
    expect((await refusal(policies().policiesAllRetrieve({ policyUuid }))).status).toBe(404);
  });

  it('lists the kinds that can be created, and reports an empty cache', async () => {
    expect(await policies().policiesAllTypesList()).toMatchObject([
      { name: 'Event Matcher Policy', component: 'ak-policy-event-matcher-form', modelName: 'eventmatcherpolicy' },
      { name: 'Expression Policy', component: 'ak-policy-expression-form', modelName: 'expressionpolicy' },
      { name: 'Password Policy', component: 'ak-policy-password-form', modelName: 'passwordpolicy' },
    ]);
    expect(await policies().policiesAllCacheInfoRetrieve()).toEqual({ count: 0 });
    await policies().policiesAllCacheClearCreate();
  });
});
