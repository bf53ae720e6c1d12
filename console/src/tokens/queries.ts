import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { pageSize } from '../api/queries';

/** Which tokens are listed. */
export interface TokenFilter {
  readonly search?: string;
  readonly user__username?: string;
  readonly intent?: 'api' | 'app_password' | 'recovery' | 'verification';
  readonly page?: number;
}

export const tokensQuery = (filter: TokenFilter) =>
  queryOptions({
    queryKey: ['tokens', filter],
    queryFn: () => contentOf(api.GET('/core/tokens/', { params: { query: { page_size: pageSize, ...filter } } })),
    placeholderData: keepPreviousData,
  });

export const tokenQuery = (identifier: string) =>
  queryOptions({
    queryKey: ['token', identifier],
    queryFn: () => contentOf(api.GET('/core/tokens/{identifier}/', { params: { path: { identifier } } })),
  });
