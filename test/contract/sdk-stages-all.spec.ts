import { randomUUID } from 'node:crypto';

import { type EmailStage, FlowsApi, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/stages/all/', (sdk) => {
  const stages = (key?: string | null): StagesApi => new StagesApi(sdk().configuration(key));
  const create = (name = `mail-${randomUUID()}`): Promise<EmailStage> =>
    stages().stagesEmailCreate({ emailStageRequest: { name } });
  const asStage = ({ pk, name }: EmailStage): object => ({
    pk,
    name,
    component: 'ak-stage-email-form',
    verboseName: 'Email Stage',
    verboseNamePlural: 'Email Stages',
    metaModelName: 'authentik_stages_email.emailstage',
    flowSet: [],
  });

  it('lists stages of every kind with their common fields', async () => {
    const created = [await create('list b'), await create('list a')];
    const { results, pagination } = await stages().stagesAllList({ search: 'list', ordering: 'name' });
    expect(results).toEqual([asStage(created[1]!), asStage(created[0]!)]);
    expect(pagination).toEqual({
      next: 0,
      previous: 0,
      count: 2,
      current: 1,
      totalPages: 1,
      startIndex: 1,
      endIndex: 2,
    });
    const page = await stages().stagesAllList({ search: 'list', ordering: 'name', page: 2, pageSize: 1 });
    expect(page.results.map(({ name }) => name)).toEqual(['list b']);
    expect((await stages().stagesAllList({ name: 'list a' })).results).toEqual([asStage(created[1]!)]);
    expect(await refusal(stages().stagesAllList({ page: 99 }))).toEqual({
      status: 404,
      body: { detail: 'Invalid page.' },
    });
  });

  it('retrieves one', async () => {
    const stage = await create();
    expect(await stages().stagesAllRetrieve({ stageUuid: stage.pk })).toEqual(asStage(stage));
  });

  it('deletes a stage of any kind', async () => {
    const { pk: stageUuid } = await create();
    await stages().stagesAllDestroy({ stageUuid });
    expect((await refusal(stages().stagesEmailRetrieve({ stageUuid }))).status).toBe(404);
  });

  it('answers 404 for an unknown stage', async () => {
    const stageUuid = randomUUID();
    const calls = [
      stages().stagesAllRetrieve({ stageUuid }),
      stages().stagesAllDestroy({ stageUuid }),
      stages().stagesAllUsedByList({ stageUuid }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('lists the objects that use a stage', async () => {
    const { pk: stage } = await create();
    expect(await stages().stagesAllUsedByList({ stageUuid: stage })).toEqual([]);
    const flows = new FlowsApi(sdk().configuration());
    const flowRequest = { name: 'Sign in', slug: 'sign-in', title: 'Hello', designation: 'authentication' as const };
    const { pk: target } = await flows.flowsInstancesCreate({ flowRequest });
    await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order: 0 } });
    const users = await stages().stagesAllUsedByList({ stageUuid: stage });
    expect(users.map(({ modelName, name, action }) => [modelName, name, action])).toEqual([
      ['flow', 'Flow Sign in (sign-in)', 'cascade_many'],
      ['flowstagebinding', `Flow-stage binding #0 to ${target}`, 'cascade'],
    ]);
  });

  it('lists the kinds that can be created', async () => {
    expect(await stages().stagesAllTypesList()).toContainEqual({
      name: 'Email Stage',
      description: expect.stringContaining('mail'),
      component: 'ak-stage-email-form',
      modelName: 'emailstage',
      iconUrl: undefined,
      requiresEnterprise: false,
    });
  });

  it('lists no user settings', async () => {
    expect(await stages().stagesAllUserSettingsList()).toEqual([]);
  });

  it('answers 403 without credentials', async () => {
    const calls = [
      stages(null).stagesAllList(),
      stages(null).stagesAllTypesList(),
      stages(null).stagesAllUserSettingsList(),
    ];
    const nobody = { status: 403, body: { detail: 'Authentication credentials were not provided.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => nobody));
  });
});
