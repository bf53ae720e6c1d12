import {
  AppEnum,
  EventActions,
  type EventMatcherPolicy,
  type EventMatcherPolicyRequest,
  ModelEnum,
  PoliciesApi,
} from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/policies/event_matcher/', (sdk) => {
  const policies = (): PoliciesApi => new PoliciesApi(sdk().configuration());
  const create = (eventMatcherPolicyRequest: EventMatcherPolicyRequest): Promise<EventMatcherPolicy> =>
    policies().policiesEventMatcherCreate({ eventMatcherPolicyRequest });

  it('creates with authentik’s defaults', async () => {
    const policy = await create({ name: 'defaults' });
    expect(policy).toEqual({
      pk: policy.pk,
      name: 'defaults',
      executionLogging: false,
      component: 'ak-policy-event-matcher-form',
      verboseName: 'Event Matcher Policy',
      verboseNamePlural: 'Event Matcher Policies',
      metaModelName: 'authentik_policies_event_matcher.eventmatcherpolicy',
      boundTo: 0,
      // The SDK reads null as undefined.
    });
    expect(await policies().policiesEventMatcherRetrieve({ policyUuid: policy.pk })).toEqual(policy);
  });

  it('creates with every field, and filters a list by every filter', async () => {
    const everything = {
      name: 'everything',
      executionLogging: true,
      action: EventActions.ModelUpdated,
      clientIp: '203.0.113.7',
      app: AppEnum.AuthentikStagesEmail,
      model: ModelEnum.AuthentikStagesEmailEmailstage,
    };
    const policy = await create(everything);
    expect(policy).toMatchObject(everything);
    await create({ name: 'another' });
    for (const [name, value] of Object.entries({ ...everything, policyUuid: policy.pk, search: 'everyth' })) {
      const { results } = await policies().policiesEventMatcherList({ [name]: value });
      expect(
        results.map(({ pk }) => pk),
        name,
      ).toEqual([policy.pk]);
    }
    for (const [name, value] of Object.entries({ created: new Date(0), lastUpdated: new Date(0) })) {
      expect((await policies().policiesEventMatcherList({ [name]: value })).results, name).toEqual([]);
    }
    const page = await policies().policiesEventMatcherList({ ordering: '-name', page: 1, pageSize: 1 });
    expect(page.results.map(({ name }) => name)).toEqual(['everything']);
  });

  it('answers 400 for a name that is taken and for values that no event has', async () => {
    await create({ name: 'taken' });
    const wrong = { name: 'taken', action: 'dance', app: 'authentik.dance', model: 'dance.dance', clientIp: '' };
    expect(await refusal(create(wrong as EventMatcherPolicyRequest))).toEqual({
      status: 400,
      body: {
        name: ['policy with this name already exists.'],
        action: ['"dance" is not a valid choice.'],
        app: ['"authentik.dance" is not a valid choice.'],
        model: ['"dance.dance" is not a valid choice.'],
        client_ip: ['This field may not be blank.'],
      },
    });
  });

  it('changes the sent fields with PUT and PATCH, lists the objects that use it, and deletes', async () => {
    const { pk: policyUuid } = await create({ name: 'old', action: EventActions.Login, clientIp: '203.0.113.7' });
    const patchedEventMatcherPolicyRequest = { action: null };
    const patched = await policies().policiesEventMatcherPartialUpdate({
      policyUuid,
      patchedEventMatcherPolicyRequest,
    });
    expect(patched).toMatchObject({ name: 'old', clientIp: '203.0.113.7' });
    expect(patched.action).toBeUndefined();
    const eventMatcherPolicyRequest = { name: 'new', app: AppEnum.AuthentikCore };
    const replaced = await policies().policiesEventMatcherUpdate({ policyUuid, eventMatcherPolicyRequest });
    expect(replaced).toMatchObject({ name: 'new', app: 'authentik.core', clientIp: '203.0.113.7' });
    expect(await policies().policiesEventMatcherUsedByList({ policyUuid })).toEqual([]);
    expect(await policies().policiesAllRetrieve({ policyUuid })).toMatchObject({ verboseName: 'Event Matcher Policy' });
    await policies().policiesEventMatcherDestroy({ policyUuid });
    expect((await refusal(policies().policiesEventMatcherRetrieve({ policyUuid }))).status).toBe(404);
  });
});
