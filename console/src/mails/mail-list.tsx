import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Page } from '../parts/page';
import { Pager } from '../parts/pager';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { t } from '../texts/texts';
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
  const mails = useQuery(
    mailsQuery(() => {
      const start = startOfTime(search.since);
      return {
        ...(states !== undefined && { state: [...states] }),
        ...(search.q !== undefined && { search: search.q }),
        ...(search.stage !== undefined && { stage: search.stage }),
        ...(start !== undefined && { created__gte: start }),
        page: Number(search.page ?? 1),
      };
    }, search),
  );
  const stages = useQuery({ ...stagesQuery, enabled: can('view_stage') }).data?.results ?? [];
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  const isFiltered = [search.q, search.state, search.stage, since].some((value) => value !== undefined);
  return (
    <Page title={t('mails.title')}>
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

function nameOf({ stage }: Schema<'MailMessage'>, stages: readonly Schema<'EmailStage'>[]): string {
  if (stage === null) return t('mails.ofService');
  return stages.find(({ pk }) => pk === stage)?.name ?? '';
}
