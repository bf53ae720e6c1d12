import { PoliciesApi, type PasswordPolicy, type PasswordPolicyRequest } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/policies/password/', (sdk) => {
  const policies = (key?: string | null): PoliciesApi => new PoliciesApi(sdk().configuration(key));
  const create = (passwordPolicyRequest: PasswordPolicyRequest): Promise<PasswordPolicy> =>
    policies().policiesPasswordCreate({ passwordPolicyRequest });

  it('creates with authentik’s defaults', async () => {
    const policy = await create({ name: 'defaults' });
    expect(policy).toEqual({
      pk: policy.pk,
      name: 'defaults',
      executionLogging: false,
      component: 'ak-policy-password-form',
      verboseName: 'Password Policy',
      verboseNamePlural: 'Password Policies',
      metaModelName: 'authentik_policies_password.passwordpolicy',
      boundTo: 0,
      passwordField: 'password',
      amountDigits: 0,
      amountUppercase: 0,
      amountLowercase: 0,
      amountSymbols: 0,
      lengthMin: 0,
      symbolCharset: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ ',
      errorMessage: '',
      checkStaticRules: true,
      checkHaveIBeenPwned: false,
      checkZxcvbn: false,
      hibpAllowedCount: 0,
      zxcvbnScoreThreshold: 2,
    });
    expect(await policies().policiesPasswordRetrieve({ policyUuid: policy.pk })).toEqual(policy);
  });

  it('creates with every field, and filters a list by every filter', async () => {
    const everything = {
      name: 'everything',
      executionLogging: true,
      passwordField: 'pin',
      amountDigits: 1,
      amountUppercase: 2,
      amountLowercase: 3,
      amountSymbols: 4,
      lengthMin: 10,
      symbolCharset: '§°',
      errorMessage: 'Not like this.',
      checkStaticRules: false,
      checkHaveIBeenPwned: false,
      checkZxcvbn: true,
      hibpAllowedCount: 5,
      zxcvbnScoreThreshold: 3,
    };
    const policy = await create(everything);
    expect(policy).toMatchObject(everything);
    await create({ name: 'another' });
    const { checkHaveIBeenPwned: _, ...filters } = everything;
    for (const [name, value] of Object.entries({ ...filters, policyUuid: policy.pk, search: 'everyth' })) {
      const { results } = await policies().policiesPasswordList({ [name]: value });
      expect(
        results.map(({ pk }) => pk),
        name,
      ).toEqual([policy.pk]);
    }
    const none = { created: new Date(0), lastUpdated: new Date(0), checkHaveIBeenPwned: true };
    for (const [name, value] of Object.entries(none)) {
      expect((await policies().policiesPasswordList({ [name]: value })).results, name).toEqual([]);
    }
    const page = await policies().policiesPasswordList({ ordering: '-name', page: 1, pageSize: 1 });
    expect(page.results.map(({ name }) => name)).toEqual(['everything']);
  });

  it('answers 400 for a name that is taken and for negative numbers', async () => {
    await create({ name: 'taken' });
    expect(await refusal(create({ name: 'taken', amountDigits: -1 }))).toEqual({
      status: 400,
      body: {
        name: ['policy with this name already exists.'],
        amount_digits: ['Ensure this value is greater than or equal to 0.'],
      },
    });
  });

  it('changes the sent fields with PUT and PATCH, lists the objects that use it, and deletes', async () => {
    const { pk: policyUuid } = await create({ name: 'old', lengthMin: 9, amountDigits: 1 });
    const patchedPasswordPolicyRequest = { lengthMin: 12 };
    const patched = await policies().policiesPasswordPartialUpdate({ policyUuid, patchedPasswordPolicyRequest });
    expect(patched).toMatchObject({ name: 'old', lengthMin: 12, amountDigits: 1 });
    const passwordPolicyRequest = { name: 'new', amountDigits: 2 };
    const replaced = await policies().policiesPasswordUpdate({ policyUuid, passwordPolicyRequest });
    expect(replaced).toMatchObject({ name: 'new', lengthMin: 12, amountDigits: 2 });
    expect(await policies().policiesPasswordUsedByList({ policyUuid })).toEqual([]);
    await policies().policiesPasswordDestroy({ policyUuid });
    expect((await refusal(policies().policiesPasswordRetrieve({ policyUuid }))).status).toBe(404);
  });
});
