import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { choiceLabel } from '../parts/form/field';
import { Icon } from '../parts/icon';
import { Page } from '../parts/page';
import { Pager } from '../parts/pager';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { flowListQuery } from './queries';

const route = getRouteApi('/flows');

const designations: readonly Schema<'FlowDesignationEnum'>[] = [
  'authentication',
  'enrollment',
  'recovery',
  'authorization',
  'invalidation',
  'stage_configuration',
  'unenrollment',
];

/** The flows that the visitor may see. */
export function FlowList(): ReactNode {
  const { q, kind, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { can } = useSession();
  const designation = designations.find((each) => each === kind);
  const flows = useQuery(
    flowListQuery({
      ...(q !== undefined && { search: q }),
      ...(designation !== undefined && { designation }),
      page: Number(page ?? 1),
    }),
  );
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  return (
    <Page
      title={t('nav.flows')}
      actions={
        can('add_flow') && (
          <>
            <Button component={Link} to="/flows/import" variant="default" leftSection={<Icon name="upload" />}>
              {t('flows.import')}
            </Button>
            <Button component={Link} to="/flows/new" leftSection={<Icon name="add" />}>
              {t('flows.create')}
            </Button>
          </>
        )
      }
    >
      <div className="filters">
        <Search label={t('flows.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
        <NativeSelect
          aria-label={t('flows.purpose')}
          value={kind ?? ''}
          onChange={({ currentTarget }) => change({ kind: currentTarget.value })}
          data={[
            { value: '', label: t('flows.anyPurpose') },
            ...designations.map((value) => ({ value, label: choiceLabel(value) })),
          ]}
        />
      </div>
      <Loaded query={flows} lines={8}>
        {({ results, pagination }) =>
          results.length === 0 ? (
            <div className="panel">
              {q === undefined && kind === undefined ? (
                <Note icon="flows" title={t('flows.empty')} text={t('flows.emptyText')} />
              ) : (
                <Note icon="search" title={t('flows.noneFound')} text={t('mails.noneFoundText')}>
                  <Link from={route.id} search={{}} className="text-link">
                    {t('action.clear')}
                  </Link>
                </Note>
              )}
            </div>
          ) : (
            <>
              <div className="panel">
                <ul className="rows" aria-label={t('flows.list')}>
                  {results.map((flow) => (
                    <li key={flow.pk}>
                      <FlowRow flow={flow} />
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

function FlowRow({ flow }: { readonly flow: Schema<'Flow'> }): ReactNode {
  return (
    <Link to="/flows/$slug" params={{ slug: flow.slug }} className="row stage-row">
      <span className="row-main" dir="auto">
        {flow.name} <span className="row-soft">{flow.slug}</span>
      </span>
      <span className="row-soft">{choiceLabel(flow.designation)}</span>
      <span className="row-soft">{counted('flows.steps', flow.stages.length)}</span>
    </Link>
  );
}
