import { queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';

/** Large enough for the flows, steps and bindings that are matched here. */
const everything = 1000;

/** What uses a policy, apart from its bindings. */
export const usesQuery = (pk: string) =>
  queryOptions({
    queryKey: ['policy', pk, 'uses'],
    queryFn: async () => {
      const params = { path: { policy_uuid: pk } };
      const uses = await contentOf(api.GET('/policies/all/{policy_uuid}/used_by/', { params }));
      return uses.filter(({ model_name: model }) => model !== 'policybinding');
    },
  });

/** Bindings of one policy, or of all. */
export const bindingsQuery = (policy?: string) =>
  queryOptions({
    queryKey: ['policy bindings', policy],
    queryFn: async () => {
      const which = policy === undefined ? { policy__isnull: false } : { policy };
      const query = { ...which, ordering: 'order', page_size: everything };
      return (await contentOf(api.GET('/policies/bindings/', { params: { query } }))).results;
    },
  });

/** A flow, or a step of one, that policies can be bound to. */
export interface Target {
  /** Key of the flow or of the step, as bindings of policies have it. */
  readonly key: string;
  readonly flow: Pick<Schema<'Flow'>, 'name' | 'slug'>;
  /** Name of the stage of a step. */
  readonly stage?: string;
}

/** Everything that policies can be bound to: each flow, followed by its steps. */
export const targetsQuery = queryOptions({
  queryKey: ['policy targets'],
  queryFn: async (): Promise<readonly Target[]> => {
    const query = { page_size: everything };
    const [flows, steps] = await Promise.all([
      contentOf(api.GET('/flows/instances/', { params: { query: { ...query, ordering: 'name' } } })),
      contentOf(api.GET('/flows/bindings/', { params: { query: { ...query, ordering: 'order' } } })),
    ]);
    return flows.results.flatMap((flow) => [
      { key: flow.pk, flow },
      ...steps.results
        .filter(({ target }) => target === flow.pk)
        .map((step) => ({ key: step.pk, flow, stage: step.stage_obj.name })),
    ]);
  },
});
