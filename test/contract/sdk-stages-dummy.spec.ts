import { randomUUID } from 'node:crypto';

import { type DummyStage, type DummyStageRequest, FlowsApi, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/stages/dummy/', (sdk) => {
  const stages = (key?: string | null): StagesApi => new StagesApi(sdk().configuration(key));
  const create = (request: Partial<DummyStageRequest> = {}): Promise<DummyStage> =>
    stages().stagesDummyCreate({ dummyStageRequest: { name: `dummy-${randomUUID()}`, ...request } });

  const defaults = {
    component: 'ak-stage-dummy-form',
    verboseName: 'Dummy Stage',
    verboseNamePlural: 'Dummy Stages',
    metaModelName: 'authentik_stages_dummy.dummystage',
    flowSet: [],
    throwError: false,
  };

  it('creates with authentik’s defaults, or with every field', async () => {
    const stage = await create({ name: 'defaults' });
    expect(stage).toEqual({ ...defaults, pk: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'defaults' });
    expect(await create({ throwError: true })).toMatchObject({ throwError: true });
  });

  it('answers 400 for a missing name, a name that is taken and values of other types', async () => {
    const dummyStageRequest = {} as DummyStageRequest;
    expect(await refusal(stages().stagesDummyCreate({ dummyStageRequest }))).toEqual({
      status: 400,
      body: { name: ['This field is required.'] },
    });
    const { name } = await create();
    expect(await refusal(create({ name, throwError: 'perhaps' as never }))).toEqual({
      status: 400,
      body: { name: ['stage with this name already exists.'], throw_error: ['Must be a valid boolean.'] },
    });
  });

  it('retrieves a stage, and answers 404 for an unknown one', async () => {
    const stage = await create();
    expect(await stages().stagesDummyRetrieve({ stageUuid: stage.pk })).toEqual(stage);
    const stageUuid = randomUUID();
    const calls = [
      stages().stagesDummyRetrieve({ stageUuid }),
      stages().stagesDummyUpdate({ stageUuid, dummyStageRequest: { name: 'nothing' } }),
      stages().stagesDummyPartialUpdate({ stageUuid }),
      stages().stagesDummyDestroy({ stageUuid }),
      stages().stagesDummyUsedByList({ stageUuid }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('changes only the sent fields with PUT and PATCH', async () => {
    const { pk: stageUuid } = await create({ throwError: true });
    const changed = { ...defaults, pk: stageUuid, name: 'replaced', throwError: true };
    expect(await stages().stagesDummyUpdate({ stageUuid, dummyStageRequest: { name: 'replaced' } })).toEqual(changed);
    expect(await stages().stagesDummyPartialUpdate({ stageUuid })).toEqual(changed);
    const patchedDummyStageRequest = { throwError: false };
    expect(await stages().stagesDummyPartialUpdate({ stageUuid, patchedDummyStageRequest })).toEqual({
      ...changed,
      throwError: false,
    });
  });

  it('deletes, and answers 404 the second time', async () => {
    const { pk: stageUuid } = await create();
    await stages().stagesDummyDestroy({ stageUuid });
    expect((await refusal(stages().stagesDummyDestroy({ stageUuid }))).status).toBe(404);
  });

  it('filters a list by every filter, and sorts it', async () => {
    const wanted = await create({ name: 'wanted', throwError: true });
    const other = await create();
    const filters = { name: 'wanted', stageUuid: wanted.pk, throwError: true, search: 'wante' };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await stages().stagesDummyList({ [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    const { results, pagination } = await stages().stagesDummyList({ ordering: '-name', pageSize: 1 });
    expect(results.map(({ name }) => name)).toEqual(['wanted']);
    expect(pagination).toMatchObject({ next: 2, previous: 0, current: 1, startIndex: 1, endIndex: 1 });
  });

  it('lists the flows of a stage, and the objects that use it', async () => {
    const { pk: stage } = await create();
    const flows = new FlowsApi(sdk().configuration());
    const flowRequest = { name: 'Sign in', slug: 'sign-in', title: 'Hello', designation: 'authentication' as const };
    const { pk: target } = await flows.flowsInstancesCreate({ flowRequest });
    await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order: 10 } });
    const { flowSet } = await stages().stagesDummyRetrieve({ stageUuid: stage });
    expect(flowSet?.map(({ slug }) => slug)).toEqual(['sign-in']);
    const users = await stages().stagesDummyUsedByList({ stageUuid: stage });
    expect(users.map(({ modelName, name }) => [modelName, name])).toEqual([
      ['flow', 'Flow Sign in (sign-in)'],
      ['flowstagebinding', `Flow-stage binding #10 to ${target}`],
    ]);
  });

  it('answers 403 without credentials', async () => {
    expect(await refusal(stages(null).stagesDummyList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });
});
