import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';
import { pageSize } from '../api/queries';
import type { PolicyKind } from './kinds';

/** Which policies are listed. */
interface PolicyFilter {
  readonly search?: string;
  readonly page?: number;
}

/** Large enough for the flows, steps and bindings that are matched here. */
const everything = 1000;

/** Policies of all kinds, or of one. */
export const policyListQuery = (filter: PolicyFilter, kind?: PolicyKind) =>
  queryOptions({
    queryKey: ['policy list', kind?.name, filter],
    queryFn: () => {
      const params = { query: { page_size: pageSize, ordering: 'name', ...filter } };
      return kind === undefined
        ? contentOf(api.GET('/policies/all/', { params }))
        : contentOf(api.GET(kind.path, { params }));
    },
    placeholderData: keepPreviousData,
  });

/** What all kinds have. */
export const policyQuery = (pk: string) =>
  queryOptions({
    queryKey: ['policy', pk],
    queryFn: () => contentOf(api.GET('/policies/all/{policy_uuid}/', { params: { path: { policy_uuid: pk } } })),
  });

/** A policy with the fields of its kind. */
export const policyOfKindQuery = (kind: PolicyKind, pk: string) =>
  queryOptions({
    queryKey: ['policy', pk, kind.name],
    queryFn: () => contentOf(api.GET(`${kind.path}{policy_uuid}/`, { params: { path: { policy_uuid: pk } } })),
  });

export const policyTypesQuery = queryOptions({
  queryKey: ['policy types'],
  queryFn: () => contentOf(api.GET('/policies/all/types/')),
  staleTime: Infinity,
});

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
