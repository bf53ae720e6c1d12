import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';
import { pageSize } from '../api/queries';
import { stepsQuery } from '../flows/queries';

/** Kinds of stages, as `component` of the API has them. */
const redeeming = 'ak-stage-invitation-form';
const writing = 'ak-stage-user-write-form';

export const invitationsQuery = (filter: { readonly search?: string; readonly page: number }) =>
  queryOptions({
    queryKey: ['invitations', filter],
    queryFn: () =>
      contentOf(api.GET('/stages/invitation/invitations/', { params: { query: { page_size: pageSize, ...filter } } })),
    placeholderData: keepPreviousData,
  });

export const invitationQuery = (pk: string) =>
  queryOptions({
    queryKey: ['invitation', pk],
    queryFn: () =>
      contentOf(api.GET('/stages/invitation/invitations/{invite_uuid}/', { params: { path: { invite_uuid: pk } } })),
  });

/** The flows that people sign up with. */
export const enrollmentFlowsQuery = queryOptions({
  queryKey: ['flows', 'enrollment'],
  queryFn: () =>
    contentOf(api.GET('/flows/instances/', { params: { query: { designation: 'enrollment', page_size: 100 } } })),
});

/** Returns the link that redeems an invitation, in the flow with this slug. */
export function linkOf({ pk }: Pick<Schema<'Invitation'>, 'pk'>, slug: string): string {
  return `${window.location.origin}/if/flow/${encodeURIComponent(slug)}/?itoken=${pk}`;
}

/**
 * Keys of the flows with a step that redeems invitations before an account is written.
 *
 * @param seesSteps whether the visitor may view the steps of flows; otherwise any such step counts
 */
export const flowsWithInvitationsQuery = (seesSteps: boolean) =>
  queryOptions({
    queryKey: ['flows', 'with invitations', seesSteps],
    queryFn: async ({ client }) => {
      const stages = await contentOf(api.GET('/stages/invitation/stages/', { params: { query: { page_size: 500 } } }));
      const flows = [...new Set(stages.results.flatMap(({ flow_set: used = [] }) => used.map(({ pk }) => pk)))];
      if (!seesSteps) return flows;
      const steps = await Promise.all(flows.map((flow) => client.query(stepsQuery(flow))));
      return flows.filter((_, index) => redeemsFirst(steps[index] ?? []));
    },
  });

/** Whether the first step that redeems invitations or writes an account redeems them. */
function redeemsFirst(steps: readonly Pick<Schema<'FlowStageBinding'>, 'stage_obj'>[]): boolean {
  const kinds = steps.map(({ stage_obj: { component } }) => component);
  return kinds.find((kind) => [redeeming, writing].includes(kind)) === redeeming;
}
