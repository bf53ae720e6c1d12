import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { api, contentOf, type Schema } from '../api/client';
import { pageSize } from '../api/queries';
import { polled } from '../live';

/** States of mails that the service still attempts to send. */
export const waitingStates: Schema<'MailMessageStateEnum'>[] = ['queued', 'sending', 'retrying'];

/** Which mails are listed. */
export interface MailFilter {
  readonly state?: Schema<'MailMessageStateEnum'>[];
  readonly search?: string;
  readonly subject__icontains?: string;
  readonly user?: number;
  readonly stage?: string;
  readonly recipient?: string;
  readonly template?: string;
  readonly server?: string;
  readonly transport_name?: string;
  readonly created__gte?: string;
  readonly ordering?: string;
  readonly page?: number;
  readonly page_size?: number;
}

/** @param key what makes the query different from others, if it is not the filter: a time of now changes with each render */
export const mailsQuery = (filter: () => MailFilter, key: unknown) =>
  queryOptions({
    queryKey: ['mails', key],
    queryFn: () => contentOf(api.GET('/mail/messages/', { params: { query: { page_size: pageSize, ...filter() } } })),
    refetchInterval: polled(5_000),
    placeholderData: keepPreviousData,
  });

export const mailQuery = (pk: string) =>
  queryOptions({
    queryKey: ['mail', pk],
    queryFn: () => contentOf(api.GET('/mail/messages/{message_uuid}/', { params: { path: { message_uuid: pk } } })),
    refetchInterval: ({ state }) => (isWaiting(state.data) ? 2_000 : 30_000),
  });

/** The content of a mail, with its secrets masked. */
export const contentQuery = (pk: string) =>
  queryOptions({
    queryKey: ['mail', pk, 'content'],
    queryFn: () =>
      contentOf(api.GET('/mail/messages/{message_uuid}/content/', { params: { path: { message_uuid: pk } } })),
  });

/** The stages that can send mails, for their names. */
export const stagesQuery = queryOptions({
  queryKey: ['stages'],
  queryFn: () => contentOf(api.GET('/stages/email/', { params: { query: { page_size: 500, ordering: 'name' } } })),
  staleTime: 60_000,
});

function isWaiting(mail: Schema<'MailMessageDetail'> | undefined): boolean {
  return mail !== undefined && waitingStates.includes(mail.state);
}
