import { queryOptions } from '@tanstack/react-query';

import { api, contentOf } from './client';

/** Rows of a page of a list. */
export const pageSize = 50;

/** The signed-in user and what they may do. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => contentOf(api.GET('/core/users/me/')),
  staleTime: 60_000,
});
