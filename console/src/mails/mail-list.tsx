import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { statisticsQuery } from '../overview/queries';
import { Page } from '../parts/page';
import { Pager } from '../parts/pager';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import type { ListSearch } from '../router';
import { transportsQuery } from '../senders/queries';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { type BulkFilter, BulkActions } from './bulk';
import { MailRows } from './mail-rows';
import { mailsQuery, stagesQuery, waitingStates } from './queries';
import { startOfTime } from './since';

const route = getRouteApi('/mails');

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
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { can } = useSession();
  const states: readonly Schema<'MailMessageStateEnum'>[] | undefined = stateFilters.find(
    ([name]) => name === search.state,
  )?.[2];
  const since = startOfTime(search.since);
  const filter = (): BulkFilter => {
    const start = startOfTime(search.since);
    return {
      ...(states !== undefined && { state: [...states] }),
      ...(search.q !== undefined && { search: search.q }),
      ...(search.stage !== undefined && { stage: search.stage }),
      ...(search.server !== undefined && { server: search.server }),
      ...(search.transport !== undefined && { transport_name: search.transport }),
      ...(start !== undefined && { created__gte: start }),
    };
  };
  const mails = useQuery(mailsQuery(() => ({ ...filter(), page: Number(search.page ?? 1) }), search));
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  const { q, state, stage, server, transport } = search;
  const isFiltered = [q, state, stage, server, transport, since].some((value) => value !== undefined);
  const isAny = isFiltered && (mails.data?.results.length ?? 0) > 0;
  return (
    <Page
      title={t('mails.title')}
      actions={can('change_mailmessage') ? <BulkActions filter={filter} state={state} isShown={isAny} /> : undefined}
    >
      <div className="filters">
        <Search label={t('mails.search')} value={search.q ?? ''} change={(q) => change({ q })} />
        {stages.length > 0 && (
          <NativeSelect
            aria-label={t('mails.stage')}
            value={search.stage ?? ''}
            onChange={({ currentTarget }) => change({ stage: currentTarget.value })}
            data={[
              { value: '', label: t('mails.anyStage') },
              ...stages.map(({ pk, name }) => ({ value: pk, label: name })),
            ]}
          />
        )}
        <Servers chosen={server} change={change} />
        {can('view_namedtransport') && <Transports chosen={transport} change={change} />}
        <NativeSelect
          aria-label={t('mails.since')}
          value={search.since ?? ''}
          onChange={({ currentTarget }) => change({ since: currentTarget.value })}
          data={[
            { value: '', label: t('mails.anyTime') },
            ...(['hour', 'day', 'week'] as const).map((value) => ({ value, label: t(`mails.${value}`) })),
          ]}
        />
      </div>
      <nav className="tabs" aria-label={t('mails.states')}>
        {stateFilters.map(([state, label]) => (
          <Link
            key={label}
            from={route.id}
            search={(before: ListSearch) => ({ ...before, state, page: undefined })}
            activeOptions={{ explicitUndefined: true }}
            aria-current={search.state === state ? 'page' : undefined}
            className="tab"
          >
            {t(label)}
          </Link>
        ))}
      </nav>
      <Loaded query={mails} lines={10}>
        {({ results, pagination }) =>
          results.length === 0 ? (
            <div className="panel">
              {isFiltered ? (
                <Note icon="search" title={t('mails.noneFound')} text={t('mails.noneFoundText')}>
                  <Link from={route.id} search={{}} className="text-link">
                    {t('action.clear')}
                  </Link>
                </Note>
              ) : (
                <Note icon="empty" title={t('mails.empty')} text={t('mails.emptyText')} />
              )}
            </div>
          ) : (
            <>
              <div className="panel">
                <MailRows label={t('mails.list')} mails={results} stageName={(mail) => nameOf(mail, stages)} />
              </div>
              <Pager position={pagination} go={(page) => change({ page: String(page) })} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

interface ChoiceProps {
  readonly chosen: string | undefined;
  readonly change: (changed: ListSearch) => void;
}

/** Chooses among the servers that did not accept mails of the last week. Not shown if there are none. */
function Servers({ chosen, change }: ChoiceProps): ReactNode {
  const failing = useQuery(statisticsQuery('week')).data?.servers.map(({ server }) => server) ?? [];
  const servers = [...new Set([...failing, ...(chosen === undefined ? [] : [chosen])])];
  if (servers.length === 0) return null;
  return (
    <NativeSelect
      aria-label={t('mails.server')}
      value={chosen ?? ''}
      onChange={({ currentTarget }) => change({ server: currentTarget.value })}
      data={[{ value: '', label: t('mails.anyServer') }, ...servers]}
    />
  );
}

/** Chooses a named transport. Not shown if there are none. */
function Transports({ chosen, change }: ChoiceProps): ReactNode {
  const names = useQuery(transportsQuery).data?.results.map(({ name }) => name) ?? [];
  if (names.length === 0) return null;
  return (
    <NativeSelect
      aria-label={t('mails.transport')}
      value={chosen ?? ''}
      onChange={({ currentTarget }) => change({ transport: currentTarget.value })}
      data={[{ value: '', label: t('mails.anyTransport') }, ...names]}
    />
  );
}

function nameOf({ stage }: Schema<'MailMessage'>, stages: readonly Schema<'EmailStage'>[]): string {
  if (stage === null) return t('mails.ofService');
  return stages.find(({ pk }) => pk === stage)?.name ?? '';
}
