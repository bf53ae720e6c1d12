import { randomUUID } from 'node:crypto';

import { CoreApi, StagesApi, type UserWriteStage, type UserWriteStageRequest } from '@goauthentik/api';
import { beforeAll, expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/stages/user_write/', (sdk) => {
  const stages = (key?: string | null): StagesApi => new StagesApi(sdk().configuration(key));
  const create = (request: Partial<UserWriteStageRequest> = {}): Promise<UserWriteStage> =>
    stages().stagesUserWriteCreate({ userWriteStageRequest: { name: `write-${randomUUID()}`, ...request } });
  let everything: Partial<UserWriteStageRequest>;

  beforeAll(async () => {
    const core = new CoreApi(sdk().configuration());
    everything = {
      userCreationMode: 'always_create',
      createUsersAsInactive: true,
      createUsersGroup: (await core.coreGroupsCreate({ groupRequest: { name: 'New ones' } })).pk,
      userType: 'internal',
      userPathTemplate: 'customers/new',
    };
  });

  it('creates with authentik’s defaults, and with every field', async () => {
    const stage = await create({ name: 'defaults' });
    expect(stage).toEqual({
      pk: stage.pk,
      name: 'defaults',
      component: 'ak-stage-user-write-form',
      verboseName: 'User Write Stage',
      verboseNamePlural: 'User Write Stages',
      metaModelName: 'authentik_stages_user_write.userwritestage',
      flowSet: [],
      userCreationMode: 'create_when_required',
      createUsersAsInactive: false,
      createUsersGroup: undefined,
      userType: 'external',
      userPathTemplate: '',
    });
    expect(await create(everything)).toMatchObject(everything);
  });

  it('retrieves, replaces, changes and deletes', async () => {
    const stage = await create(everything);
    const stageUuid = stage.pk;
    expect(await stages().stagesUserWriteRetrieve({ stageUuid })).toEqual(stage);
    const userWriteStageRequest = { name: 'replaced' };
    const replaced = { ...stage, name: 'replaced' };
    expect(await stages().stagesUserWriteUpdate({ stageUuid, userWriteStageRequest })).toEqual(replaced);
    const patchedUserWriteStageRequest = { createUsersGroup: null };
    expect(await stages().stagesUserWritePartialUpdate({ stageUuid, patchedUserWriteStageRequest })).toEqual({
      ...replaced,
      createUsersGroup: undefined,
    });
    expect(await stages().stagesUserWriteUsedByList({ stageUuid })).toEqual([]);
    await stages().stagesUserWriteDestroy({ stageUuid });
    expect((await refusal(stages().stagesUserWriteRetrieve({ stageUuid }))).status).toBe(404);
  });

  it('filters a list by every filter', async () => {
    const wanted = await create({ ...everything, name: 'zz wanted' });
    const other = await create();
    const filters = { ...everything, name: 'zz wanted', stageUuid: wanted.pk, search: 'zz' };
    for (const [filter, value] of Object.entries(filters)) {
      const { results } = await stages().stagesUserWriteList({ [filter]: value });
      const pks = results.map(({ pk }) => pk);
      expect([filter, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([filter, true, false]);
    }
    const { results } = await stages().stagesUserWriteList({ ordering: '-name', pageSize: 1 });
    expect(results).toEqual([wanted]);
  });

  it('answers 403 without credentials', async () => {
    expect(await refusal(stages(null).stagesUserWriteList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });
});
