import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { useLive } from '../live';
import { statisticsQuery } from '../overview/queries';
import { ChoiceFilter, SearchFilter, TabFilter } from '../parts/filters';
import { ReferenceFilter } from '../parts/form/reference-input';
import { ListPage, useList } from '../parts/list-page';
import { transportsQuery } from '../senders/queries';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { type BulkFilter, BulkActions } from './bulk';
import { MailRow } from './mail-rows';
import { mailsQuery, stagesQuery, waitingStates } from './queries';
import { startOfTime } from './since';

/** The filters of the state: what the address says, its text, and the states of the API. */
const stateFilters = [
  [undefined, 'mails.all', undefined],
  ['waiting', 'mails.waiting', waitingStates],
  ['failed', 'mail.failed', ['failed']],
  ['sent', 'mail.sent', ['sent']],
  ['captured', 'mail.captured', ['captured']],
  ['discarded', 'mail.discarded', ['discarded']],
] as const;

/** All mails that the visitor may see, the newest first, as they come in. */
export function MailList(): ReactNode {
  const { search, filter: found } = useList();
  const { can } = useSession();
  useLive();
  const states: readonly Schema<'MailMessageStateEnum'>[] | undefined = stateFilters.find(
    ([name]) => name === search.state,
  )?.[2];
  const filter = (): BulkFilter => {
    const start = startOfTime(search.since);
    return {
      ...(states !== undefined && { state: [...states] }),
      ...(search.q !== undefined && { search: search.q }),
      ...(search.subject !== undefined && { subject__icontains: search.subject }),
      ...(search.user !== undefined && { user: Number(search.user) }),
      ...(search.stage !== undefined && { stage: search.stage }),
      ...(search.server !== undefined && { server: search.server }),
      ...(search.transport !== undefined && { transport_name: search.transport }),
      ...(start !== undefined && { created__gte: start }),
    };
  };
  const mails = useQuery(mailsQuery(() => ({ ...filter(), page: found.page }), search));
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const isFiltered = Object.keys(filter()).length > 0;
  const isAny = isFiltered && (mails.data?.results.length ?? 0) > 0;
  return (
    <ListPage
      title={t('mails.title')}
      actions={can('change_mailmessage') && <BulkActions filter={filter} state={search.state} isShown={isAny} />}
      find={t('mails.search')}
      filters={
        <>
          <SearchFilter name="subject" label={t('mails.subject')} />
          {can('view_user') && <ReferenceFilter name="user" label={t('mails.anyUser')} />}
          {stages.length > 0 && (
            <ChoiceFilter
              name="stage"
              label={t('mails.stage')}
              any={t('mails.anyStage')}
              choices={stages.map(({ pk, name }) => ({ value: pk, label: name }))}
            />
          )}
          <Servers chosen={search.server} />
          {can('view_namedtransport') && <Transports />}
          <ChoiceFilter
            name="since"
            label={t('mails.since')}
            any={t('mails.anyTime')}
            choices={(['hour', 'day', 'week'] as const).map((value) => ({ value, label: t(`mails.${value}`) }))}
          />
        </>
      }
      tabs={
        <TabFilter
          name="state"
          label={t('mails.states')}
          tabs={stateFilters.map(([value, label]) => ({ value, label: t(label) }))}
        />
      }
      query={mails}
      label={t('mails.list')}
      keyOf={({ pk }) => pk}
      row={(mail) => <MailRow mail={mail} stageName={nameOf(mail, stages)} />}
      isFiltered={isFiltered}
      empty={{ icon: 'empty', title: t('mails.empty'), text: t('mails.emptyText') }}
    />
  );
}

/** Chooses among the servers that did not accept mails of the last week. Not shown if there are none. */
function Servers({ chosen }: { readonly chosen: string | undefined }): ReactNode {
  const failing = useQuery(statisticsQuery('week')).data?.servers.map(({ server }) => server) ?? [];
  const servers = [...new Set([...failing, ...(chosen === undefined ? [] : [chosen])])];
  if (servers.length === 0) return null;
  return (
    <ChoiceFilter name="server" label={t('mails.server')} any={t('mails.anyServer')} choices={servers.map(asChoice)} />
  );
}

/** Chooses a named transport. Not shown if there are none. */
function Transports(): ReactNode {
  const names = useQuery(transportsQuery).data?.results.map(({ name }) => name) ?? [];
  if (names.length === 0) return null;
  return (
    <ChoiceFilter
      name="transport"
      label={t('mails.transport')}
      any={t('mails.anyTransport')}
      choices={names.map(asChoice)}
    />
  );
}

const asChoice = (value: string) => ({ value, label: value });

function nameOf({ stage }: Schema<'MailMessage'>, stages: readonly Schema<'EmailStage'>[]): string {
  if (stage === null) return t('mails.ofService');
  return stages.find(({ pk }) => pk === stage)?.name ?? '';
}
