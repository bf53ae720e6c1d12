import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { pageSize } from '../api/queries';

/** Which users are listed. */
export interface UserFilter {
  readonly search?: string;
  readonly email_verified?: boolean;
  readonly page?: number;
  readonly username?: string;
}

export const usersQuery = (filter: UserFilter) =>
  queryOptions({
    queryKey: ['users', filter],
    queryFn: () =>
      contentOf(
        api.GET('/core/users/', { params: { query: { page_size: pageSize, include_groups: false, ...filter } } }),
      ),
    placeholderData: keepPreviousData,
  });

export const userQuery = (id: number) =>
  queryOptions({
    queryKey: ['user', id],
    queryFn: () => contentOf(api.GET('/core/users/{id}/', { params: { path: { id } } })),
  });

export const addressesQuery = (id: number) =>
  queryOptions({
    queryKey: ['addresses', id],
    queryFn: () => contentOf(api.GET('/core/users/{id}/addresses/', { params: { path: { id } } })),
  });

/** Where a user is signed in, the latest use first. */
export const sessionsQuery = (username: string) =>
  queryOptions({
    queryKey: ['sessions', username],
    queryFn: () =>
      contentOf(
        api.GET('/core/authenticated_sessions/', { params: { query: { user__username: username, page_size: 100 } } }),
      ),
  });
