import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { pageSize } from '../api/queries';

export const suppressionsQuery = (filter: {
  readonly search?: string;
  readonly address?: string;
  readonly page?: number;
}) =>
  queryOptions({
    queryKey: ['suppressions', filter],
    queryFn: () => contentOf(api.GET('/mail/suppressions/', { params: { query: { page_size: pageSize, ...filter } } })),
    placeholderData: keepPreviousData,
  });

/** Blocks an address or a domain. */
export const block = (address: string, note: string) =>
  contentOf(api.POST('/mail/suppressions/', { body: { address, note } }));

/** Removes a suppression. */
export async function unblock(suppression_uuid: string): Promise<void> {
  const { error, response } = await api.DELETE('/mail/suppressions/{suppression_uuid}/', {
    params: { path: { suppression_uuid } },
  });
  if (!response.ok) await contentOf(Promise.resolve({ error, response }));
}
