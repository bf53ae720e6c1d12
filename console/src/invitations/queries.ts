import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';
import { pageSize } from '../api/queries';

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

/** Keys of the flows with a step that redeems invitations. */
export const flowsWithInvitationsQuery = queryOptions({
  queryKey: ['flows', 'with invitations'],
  queryFn: async () => {
    const stages = await contentOf(api.GET('/stages/invitation/stages/', { params: { query: { page_size: 500 } } }));
    return stages.results.flatMap(({ flow_set: flows = [] }) => flows.map(({ pk }) => pk));
  },
});
