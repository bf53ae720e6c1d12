import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf } from '../api/client';
import { pageSize } from '../api/queries';
import { polled } from '../live';

/** Which events are listed. */
export interface EventFilter {
  readonly action?: string;
  readonly username?: string;
  readonly search?: string;
  readonly context_model_app?: string;
  readonly context_model_name?: string;
  readonly context_model_pk?: string;
  readonly page?: number;
  readonly page_size?: number;
}

/** Events, the newest first. */
export const eventsQuery = (filter: EventFilter) =>
  queryOptions({
    queryKey: ['events', filter],
    queryFn: () => contentOf(api.GET('/events/events/', { params: { query: { page_size: pageSize, ...filter } } })),
    refetchInterval: polled(10_000),
    placeholderData: keepPreviousData,
  });

export const eventQuery = (pk: string) =>
  queryOptions({
    queryKey: ['event', pk],
    queryFn: () => contentOf(api.GET('/events/events/{event_uuid}/', { params: { path: { event_uuid: pk } } })),
  });
