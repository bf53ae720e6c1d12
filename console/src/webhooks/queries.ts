import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';
import { pageSize } from '../api/queries';

export const endpointsQuery = queryOptions({
  queryKey: ['webhook endpoints'],
  queryFn: () => contentOf(api.GET('/webhooks/endpoints/', { params: { query: { page_size: 500 } } })),
});

export const endpointQuery = (pk: string) =>
  queryOptions({
    queryKey: ['webhook endpoint', pk],
    queryFn: () =>
      contentOf(api.GET('/webhooks/endpoints/{endpoint_uuid}/', { params: { path: { endpoint_uuid: pk } } })),
  });

/** Which deliveries are listed. */
export interface DeliveryFilter {
  readonly endpoint?: string;
  readonly state?: Schema<'WebhookDeliveryStateEnum'>[];
  readonly type?: string;
  readonly page?: number;
}

/** Deliveries, the newest first, as they change. */
export const deliveriesQuery = (filter: DeliveryFilter) =>
  queryOptions({
    queryKey: ['webhook deliveries', filter],
    queryFn: () =>
      contentOf(api.GET('/webhooks/deliveries/', { params: { query: { page_size: pageSize, ...filter } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });

export const deliveryQuery = (pk: string) =>
  queryOptions({
    queryKey: ['webhook delivery', pk],
    queryFn: () =>
      contentOf(api.GET('/webhooks/deliveries/{delivery_uuid}/', { params: { path: { delivery_uuid: pk } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'pending' ? 2_000 : false),
  });
