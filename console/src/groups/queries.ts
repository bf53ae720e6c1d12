import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, done } from '../api/client';
import { pageSize } from '../api/queries';

/** All groups without their members, for choices and for what is inherited. */
export const groupsQuery = queryOptions({
  queryKey: ['groups', 'all'],
  queryFn: () => contentOf(api.GET('/core/groups/', { params: { query: { include_users: false, page_size: 500 } } })),
});

export const groupPageQuery = (filter: { readonly search?: string; readonly page: number }) =>
  queryOptions({
    queryKey: ['groups', filter],
    queryFn: () => contentOf(api.GET('/core/groups/', { params: { query: { page_size: pageSize, ...filter } } })),
    placeholderData: keepPreviousData,
  });

export const groupQuery = (pk: string) =>
  queryOptions({
    queryKey: ['group', pk],
    queryFn: () => contentOf(api.GET('/core/groups/{group_uuid}/', { params: { path: { group_uuid: pk } } })),
  });

/** Adds a user to a group, or removes them. */
export function changeMember(group: string, user: number, change: 'add' | 'remove'): Promise<void> {
  const options = { params: { path: { group_uuid: group } }, body: { pk: user } };
  return done(
    change === 'add'
      ? api.POST('/core/groups/{group_uuid}/add_user/', options)
      : api.POST('/core/groups/{group_uuid}/remove_user/', options),
  );
}
