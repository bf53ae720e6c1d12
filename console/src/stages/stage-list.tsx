import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Icon } from '../parts/icon';
import { Page } from '../parts/page';
import { Pager } from '../parts/pager';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { kindNamed, kindOf } from './kinds';
import { stageListQuery, stageTypesQuery } from './queries';

const route = getRouteApi('/stages');

/** The stages of all kinds, and in which flows they are. */
export function StageList(): ReactNode {
  const { q, kind, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { can } = useSession();
  const filter = { ...(q !== undefined && { search: q }), page: Number(page ?? 1) };
  const stages = useQuery(stageListQuery(filter, kind === undefined ? undefined : kindNamed(kind)));
  const types = (useQuery(stageTypesQuery).data ?? []).filter(({ component }) =>
    can(kindOf(component).permission('view')),
  );
  const mayAdd = types.some(({ component }) => can(kindOf(component).permission('add')));
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  return (
    <Page
      title={t('nav.stages')}
      actions={
        mayAdd && (
          <Button component={Link} to="/stages/new" leftSection={<Icon name="add" />}>
            {t('stages.create')}
          </Button>
        )
      }
    >
      <div className="filters">
        <Search label={t('stages.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
        <NativeSelect
          aria-label={t('stages.kind')}
          value={kind ?? ''}
          onChange={({ currentTarget }) => change({ kind: currentTarget.value })}
          data={[
            { value: '', label: t('stages.anyKind') },
            ...types.map(({ name, component }) => ({ value: kindOf(component).name, label: shortKind(name) })),
          ]}
        />
      </div>
      <Loaded query={stages} lines={10}>
        {({ results, pagination }) =>
          results.length === 0 ? (
            <div className="panel">
              {q === undefined && kind === undefined ? (
                <Note icon="stages" title={t('stages.empty')} text={t('stages.emptyText')} />
              ) : (
                <Note icon="search" title={t('stages.noneFound')} text={t('mails.noneFoundText')}>
                  <Link from={route.id} search={{}} className="text-link">
                    {t('action.clear')}
                  </Link>
                </Note>
              )}
            </div>
          ) : (
            <>
              <div className="panel">
                <ul className="rows" aria-label={t('stages.list')}>
                  {results.map((stage) => (
                    <li key={stage.pk}>
                      <StageRow stage={stage} />
                    </li>
                  ))}
                </ul>
              </div>
              <Pager position={pagination} go={(to) => change({ page: String(to) })} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function StageRow({ stage }: { readonly stage: Schema<'Stage'> }): ReactNode {
  const flows = stage.flow_set ?? [];
  return (
    <Link to="/stages/$pk" params={{ pk: stage.pk }} className="row stage-row">
      <span className="row-main" dir="auto">
        {stage.name}
      </span>
      <span className="row-soft">{shortKind(stage.verbose_name)}</span>
      <span className="row-soft cut" dir="auto">
        {flows.length === 0
          ? t('stages.inNone')
          : flows
              .slice(0, 2)
              .map(({ name }) => name)
              .join(', ')}
        {flows.length > 2 && ` ${counted('stages.more', flows.length - 2)}`}
      </span>
    </Link>
  );
}

/** Returns the name of a kind without the word that all of them end with. */
export function shortKind(name: string): string {
  return name.replace(/ Stage$/, '');
}
