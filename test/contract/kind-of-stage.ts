import { randomUUID } from 'node:crypto';

import { FlowsApi, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

/** A kind of stage, for which the SDK has methods named after it. */
interface KindOfStage {
  /** As in the SDK's methods: `UserLogin` in `stagesUserLoginCreate`. */
  readonly kind: string;
  readonly path: string;
  /** What a stage cannot do without, but for the name. */
  readonly needed: object;
  /** Other values than the defaults. */
  readonly others: object;
  /** Parameters of the list, each with the value of such a stage. */
  readonly filters: readonly string[];
}

type Stage = Record<string, any>;

/** Tests in which authentik's SDK manages the stages of a kind. */
export function describeKindOfStage({ kind, path, needed, others, filters }: KindOfStage): void {
  describeSdk(path, (sdk) => {
    /** Calls the method of the SDK: `stagesDenyCreate`. */
    function call(operation: string, parameters: object = {}, key?: string | null): Promise<any> {
      const stages = new StagesApi(sdk().configuration(key));
      return (stages as unknown as Record<string, (parameters: object) => Promise<any>>)[`stages${kind}${operation}`]!(
        parameters,
      );
    }
    const request = (name: string): string => `${name}StageRequest`;
    const body = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
    const create = (fields: object = {}): Promise<Stage> =>
      call('Create', { [request(body)]: { name: `stage-${randomUUID()}`, ...needed, ...fields } });

    it('creates, retrieves and deletes', async () => {
      const stage = await create(others);
      expect(stage).toMatchObject({ ...others, flowSet: [], pk: expect.any(String) });
      expect(await call('Retrieve', { stageUuid: stage['pk'] })).toEqual(stage);
      await call('Destroy', { stageUuid: stage['pk'] });
      expect((await refusal(call('Retrieve', { stageUuid: stage['pk'] }))).status).toBe(404);
    });

    it('changes only the sent fields with PUT and PATCH', async () => {
      const stage = await create();
      const stageUuid: unknown = stage['pk'];
      const replaced = { ...stage, ...needed, name: `replaced-${kind}` };
      const named = { ...needed, name: `replaced-${kind}` };
      expect(await call('Update', { stageUuid, [request(body)]: named })).toEqual(replaced);
      expect(await call('PartialUpdate', { stageUuid })).toEqual(replaced);
      const patched = { [request(`patched${kind}`)]: others };
      expect(await call('PartialUpdate', { stageUuid, ...patched })).toEqual({ ...replaced, ...others });
    });

    it('filters and sorts a list', async () => {
      const wanted = await create({ ...others, name: `wanted-${kind}` });
      const other = await create();
      const values: Stage = { ...wanted, stageUuid: wanted['pk'], search: 'wanted' };
      for (const filter of [...filters, 'search']) {
        const { results } = await call('List', { [filter]: values[filter] });
        const pks = results.map(({ pk }: Stage) => pk);
        expect([filter, pks.includes(wanted['pk']), pks.includes(other['pk'])]).toEqual([filter, true, false]);
      }
      const { results, pagination } = await call('List', { ordering: '-name', pageSize: 1 });
      expect(results.map(({ name }: Stage) => name)).toEqual([`wanted-${kind}`]);
      expect(pagination).toMatchObject({ previous: 0, current: 1, startIndex: 1, endIndex: 1 });
    });

    it('lists the objects that use a stage', async () => {
      const { pk: stage } = await create();
      const flows = new FlowsApi(sdk().configuration());
      const flowRequest = { name: 'Sign in', slug: 'sign-in', title: 'Hello', designation: 'authentication' as const };
      const { pk: target } = await flows.flowsInstancesCreate({ flowRequest });
      await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order: 10 } });
      const users = await call('UsedByList', { stageUuid: stage });
      expect(users.map(({ name }: Stage) => name)).toEqual([
        'Flow Sign in (sign-in)',
        `Flow-stage binding #10 to ${target}`,
      ]);
    });

    it('answers 403 without credentials', async () => {
      expect(await refusal(call('List', {}, null))).toEqual({
        status: 403,
        body: { detail: 'Authentication credentials were not provided.' },
      });
    });
  });
}
