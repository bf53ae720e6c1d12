import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from './client';

/** Rows of a page of a list. */
const pageSize = 50;

/** Milliseconds between two looks at what changes by itself. */
const polled = 5_000;

/** States of mails that the service still attempts to send. */
export const waitingStates: Schema<'MailMessageStateEnum'>[] = ['queued', 'sending', 'retrying'];

/** Which mails are listed. */
export interface MailFilter {
  readonly state?: Schema<'MailMessageStateEnum'>[];
  readonly search?: string;
  readonly stage?: string;
  readonly recipient?: string;
  readonly created__gte?: string;
  readonly ordering?: string;
  readonly page?: number;
  readonly page_size?: number;
}

/** The signed-in user and what they may do. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => contentOf(api.GET('/core/users/me/')),
  staleTime: 60_000,
});

/** @param key what makes the query different from others, if it is not the filter: a time of now changes with each render */
export const mailsQuery = (filter: () => MailFilter, key: unknown) =>
  queryOptions({
    queryKey: ['mails', key],
    queryFn: () => contentOf(api.GET('/mail/messages/', { params: { query: { page_size: pageSize, ...filter() } } })),
    refetchInterval: polled,
    placeholderData: keepPreviousData,
  });

export const mailQuery = (pk: string) =>
  queryOptions({
    queryKey: ['mail', pk],
    queryFn: () => contentOf(api.GET('/mail/messages/{message_uuid}/', { params: { path: { message_uuid: pk } } })),
    refetchInterval: ({ state }) => (isWaiting(state.data) ? 2_000 : 30_000),
  });

/** The stages that can send mails, for their names. */
export const stagesQuery = queryOptions({
  queryKey: ['stages'],
  queryFn: () => contentOf(api.GET('/stages/email/', { params: { query: { page_size: 500, ordering: 'name' } } })),
  staleTime: 60_000,
});

export const domainsQuery = queryOptions({
  queryKey: ['domains'],
  queryFn: () => contentOf(api.GET('/mail/domains/', { params: { query: { page_size: 500 } } })),
});

export const transportsQuery = queryOptions({
  queryKey: ['transports'],
  queryFn: () => contentOf(api.GET('/mail/transports/', { params: { query: { page_size: 500 } } })),
});

/** Which users are listed. */
export interface UserFilter {
  readonly search?: string;
  readonly email_verified?: boolean;
  readonly page?: number;
  readonly username?: string;
}

export const usersQuery = (filter: UserFilter) =>
  queryOptions({
    queryKey: ['users', filter],
    queryFn: () =>
      contentOf(
        api.GET('/core/users/', { params: { query: { page_size: pageSize, include_groups: false, ...filter } } }),
      ),
    placeholderData: keepPreviousData,
  });

export const userQuery = (id: number) =>
  queryOptions({
    queryKey: ['user', id],
    queryFn: () => contentOf(api.GET('/core/users/{id}/', { params: { path: { id } } })),
  });

export const addressesQuery = (id: number) =>
  queryOptions({
    queryKey: ['addresses', id],
    queryFn: () => contentOf(api.GET('/core/users/{id}/addresses/', { params: { path: { id } } })),
  });

/** What a user did, the newest first. */
export const eventsQuery = (username: string) =>
  queryOptions({
    queryKey: ['events', username],
    queryFn: () => contentOf(api.GET('/events/events/', { params: { query: { username, page_size: 20 } } })),
  });

function isWaiting(mail: Schema<'MailMessageDetail'> | undefined): boolean {
  return mail !== undefined && waitingStates.includes(mail.state);
}
