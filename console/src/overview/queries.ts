import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { polled } from '../live';
import { startOfTime } from '../mails/since';

/** Lengths of the period that the overview shows; the first one is the default. */
export const periods = ['day', 'hour', 'week'] as const;
export type Period = (typeof periods)[number];

/** Figures about the mails of a period up to now. */
export const statisticsQuery = (period: Period) =>
  queryOptions({
    queryKey: ['mails', 'statistics', period],
    queryFn: () => {
      const created__gte = startOfTime(period) ?? '';
      return contentOf(api.GET('/mail/messages/statistics/', { params: { query: { created__gte } } }));
    },
    refetchInterval: polled(10_000),
    placeholderData: keepPreviousData,
  });

/** The flows, for their names. */
export const flowsQuery = queryOptions({
  queryKey: ['flows', 'names'],
  queryFn: () => contentOf(api.GET('/flows/instances/', { params: { query: { page_size: 500 } } })),
  staleTime: 60_000,
});
