import { type ExpressionPolicy, type ExpressionPolicyRequest, PoliciesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/policies/expression/', (sdk) => {
  const policies = (key?: string | null): PoliciesApi => new PoliciesApi(sdk().configuration(key));
  const create = (expressionPolicyRequest: ExpressionPolicyRequest): Promise<ExpressionPolicy> =>
    policies().policiesExpressionCreate({ expressionPolicyRequest });

  it('creates with authentik’s defaults', async () => {
    const policy = await create({ name: 'defaults', expression: 'return True' });
    expect(policy).toEqual({
      pk: policy.pk,
      name: 'defaults',
      executionLogging: false,
      component: 'ak-policy-expression-form',
      verboseName: 'Expression Policy',
      verboseNamePlural: 'Expression Policies',
      metaModelName: 'authentik_policies_expression.expressionpolicy',
      boundTo: 0,
      expression: 'return True',
    });
    expect(await policies().policiesExpressionRetrieve({ policyUuid: policy.pk })).toEqual(policy);
  });

  it('creates with every field, and filters a list by every filter', async () => {
    const everything = { name: 'everything', executionLogging: true, expression: 'return request.user.pk == 1' };
    const policy = await create(everything);
    expect(policy).toMatchObject(everything);
    await create({ name: 'another', expression: 'return False' });
    for (const [name, value] of Object.entries({ ...everything, policyUuid: policy.pk, search: 'everyth' })) {
      const { results } = await policies().policiesExpressionList({ [name]: value });
      expect(
        results.map(({ pk }) => pk),
        name,
      ).toEqual([policy.pk]);
    }
    for (const [name, value] of Object.entries({ created: new Date(0), lastUpdated: new Date(0) })) {
      expect((await policies().policiesExpressionList({ [name]: value })).results, name).toEqual([]);
    }
    const page = await policies().policiesExpressionList({ ordering: '-name', page: 1, pageSize: 1 });
    expect(page.results.map(({ name }) => name)).toEqual(['everything']);
  });

  it('answers 400 for a name that is taken and for an empty expression', async () => {
    await create({ name: 'taken', expression: 'return True' });
    expect(await refusal(create({ name: 'taken', expression: '' }))).toEqual({
      status: 400,
      body: { name: ['policy with this name already exists.'], expression: ['This field may not be blank.'] },
    });
  });

  it('changes the sent fields with PUT and PATCH, lists the objects that use it, and deletes', async () => {
    const { pk: policyUuid } = await create({ name: 'old', expression: 'return True', executionLogging: true });
    const patchedExpressionPolicyRequest = { expression: 'return False' };
    const patched = await policies().policiesExpressionPartialUpdate({ policyUuid, patchedExpressionPolicyRequest });
    expect(patched).toMatchObject({ name: 'old', expression: 'return False', executionLogging: true });
    const expressionPolicyRequest = { name: 'new', expression: 'return None' };
    const replaced = await policies().policiesExpressionUpdate({ policyUuid, expressionPolicyRequest });
    expect(replaced).toMatchObject({ name: 'new', expression: 'return None', executionLogging: true });
    expect(await policies().policiesExpressionUsedByList({ policyUuid })).toEqual([]);
    expect(await policies().policiesAllRetrieve({ policyUuid })).toMatchObject({ verboseName: 'Expression Policy' });
    await policies().policiesExpressionDestroy({ policyUuid });
    expect((await refusal(policies().policiesExpressionRetrieve({ policyUuid }))).status).toBe(404);
  });
});
