import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { pageSize } from '../api/queries';

export const blueprintsQuery = (filter: { readonly search?: string; readonly page: number }) =>
  queryOptions({
    queryKey: ['blueprints', filter],
    queryFn: () =>
      contentOf(api.GET('/managed/blueprints/', { params: { query: { page_size: pageSize, ...filter } } })),
    placeholderData: keepPreviousData,
  });

export const blueprintQuery = (pk: string) =>
  queryOptions({
    queryKey: ['blueprint', pk],
    queryFn: () =>
      contentOf(api.GET('/managed/blueprints/{instance_uuid}/', { params: { path: { instance_uuid: pk } } })),
  });

/** The files in the folders of blueprints. */
export const availableQuery = queryOptions({
  queryKey: ['blueprints', 'available'],
  queryFn: () => contentOf(api.GET('/managed/blueprints/available/')),
});
