import { queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';

export const domainsQuery = queryOptions({
  queryKey: ['domains'],
  queryFn: () => contentOf(api.GET('/mail/domains/', { params: { query: { page_size: 500 } } })),
});

export const transportsQuery = queryOptions({
  queryKey: ['transports'],
  queryFn: () => contentOf(api.GET('/mail/transports/', { params: { query: { page_size: 500 } } })),
});
