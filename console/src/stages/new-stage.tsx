import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { kindNamed, kindOf } from './kinds';
import { layoutOf } from './layouts';
import { stageTypesQuery } from './queries';
import { shortKind } from './stage-list';

const route = getRouteApi('/stages/new');

/** Creates a stage: first the kind, then its fields. */
export function NewStage(): ReactNode {
  const { kind } = route.useSearch();
  const types = useQuery(stageTypesQuery);
  const chosen = types.data?.find(({ component }) => kindOf(component).name === kind);
  return (
    <Page
      title={chosen === undefined ? t('stages.create') : t('stages.createKind', { kind: shortKind(chosen.name) })}
      above={
        <Link to={kind === undefined ? '/stages' : '/stages/new'} className="back">
          <Icon name="back" size={14} />
          {t(kind === undefined ? 'stages.back' : 'stages.otherKind')}
        </Link>
      }
      below={chosen !== undefined && <p className="page-below">{chosen.description}</p>}
    >
      <Loaded query={types} lines={8}>
        {(all) => (chosen === undefined || kind === undefined ? <Kinds types={all} /> : <Fields name={kind} />)}
      </Loaded>
    </Page>
  );
}

function Kinds({ types }: { readonly types: readonly Schema<'TypeCreate'>[] }): ReactNode {
  const { can } = useSession();
  return (
    <ul className="kinds">
      {types
        .filter(({ component }) => can(kindOf(component).permission('add')))
        .map(({ name, component, description }) => (
          <li key={component}>
            <Link from={route.id} search={{ kind: kindOf(component).name }} className="kind">
              <span className="row-main">{shortKind(name)}</span>
              <span className="row-soft wraps" lang="en">
                {description}
              </span>
            </Link>
          </li>
        ))}
    </ul>
  );
}

function Fields({ name }: { readonly name: string }): ReactNode {
  const navigate = useNavigate();
  const client = useQueryClient();
  const kind = kindNamed(name);
  return (
    <Panel title={t('stages.settings')}>
      <ResourceForm
        key={name}
        request={kind.request}
        label={t('stages.settings')}
        layout={layoutOf(kind)}
        action={t('stages.create')}
        save={(body: Schema<'DummyStageRequest'>) => contentOf(api.POST(kind.path, { body }))}
        saved={({ pk }) => {
          void client.invalidateQueries({ queryKey: ['stage list'] });
          void navigate({ to: '/stages/$pk', params: { pk } });
        }}
      />
    </Panel>
  );
}
