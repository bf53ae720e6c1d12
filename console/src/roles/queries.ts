import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { pageSize } from '../api/queries';

export const rolesQuery = (filter: { readonly search?: string; readonly page: number }) =>
  queryOptions({
    queryKey: ['roles', filter],
    queryFn: () => contentOf(api.GET('/rbac/roles/', { params: { query: { page_size: pageSize, ...filter } } })),
    placeholderData: keepPreviousData,
  });

export const roleQuery = (pk: string) =>
  queryOptions({
    queryKey: ['role', pk],
    queryFn: () => contentOf(api.GET('/rbac/roles/{uuid}/', { params: { path: { uuid: pk } } })),
  });

/** The groups whose members have a role. */
export const groupsOfRoleQuery = (pk: string) =>
  queryOptions({
    queryKey: ['role', pk, 'groups'],
    queryFn: () => contentOf(api.GET('/rbac/roles/{uuid}/used_by/', { params: { path: { uuid: pk } } })),
  });
