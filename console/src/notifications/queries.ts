import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { pageSize } from '../api/queries';

/** Large enough for all rules and transports. */
const everything = 500;

/** What a user was notified of, the newest first. */
export const notificationsQuery = (user: number, page: number) =>
  queryOptions({
    queryKey: ['notifications', user, page],
    queryFn: () =>
      contentOf(api.GET('/events/notifications/', { params: { query: { user, page, page_size: pageSize } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

export const rulesQuery = queryOptions({
  queryKey: ['notification rules'],
  queryFn: () =>
    contentOf(api.GET('/events/rules/', { params: { query: { ordering: 'name', page_size: everything } } })),
});

export const ruleQuery = (pk: string) =>
  queryOptions({
    queryKey: ['notification rule', pk],
    queryFn: () => contentOf(api.GET('/events/rules/{pbm_uuid}/', { params: { path: { pbm_uuid: pk } } })),
  });

export const notificationTransportsQuery = queryOptions({
  queryKey: ['notification transports'],
  queryFn: () =>
    contentOf(api.GET('/events/transports/', { params: { query: { ordering: 'name', page_size: everything } } })),
});

export const notificationTransportQuery = (pk: string) =>
  queryOptions({
    queryKey: ['notification transport', pk],
    queryFn: () => contentOf(api.GET('/events/transports/{uuid}/', { params: { path: { uuid: pk } } })),
  });
