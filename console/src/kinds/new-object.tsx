import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { ResourceForm } from '../parts/form/resource-form';
import { useList } from '../parts/list-page';
import { Page, Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { type Family, kindOf, shortKind } from './family';
import { kindsQuery } from './queries';

/** Creates an object of a kind: first the kind, then its fields. */
export function NewObject({ family }: { readonly family: Family }): ReactNode {
  const { kind } = useList().search;
  const { all } = family;
  const types = useQuery(kindsQuery(family));
  const chosen = types.data?.find(({ component }) => kindOf(family, component).name === kind);
  return (
    <Page
      title={chosen === undefined ? t(`${all}.create`) : t(`${all}.createKind`, { kind: shortKind(chosen.name) })}
      above={
        <Back to={chosen === undefined ? `/${all}` : `/${all}/new`}>
          {t(chosen === undefined ? `${all}.back` : 'stages.otherKind')}
        </Back>
      }
      below={chosen !== undefined && <p className="page-below">{chosen.description}</p>}
    >
      <Loaded query={types} lines={8}>
        {(found) =>
          chosen === undefined ? (
            <Kinds family={family} types={found} />
          ) : (
            <Fields family={family} component={chosen.component} />
          )
        }
      </Loaded>
    </Page>
  );
}

interface KindsProps {
  readonly family: Family;
  readonly types: readonly Schema<'TypeCreate'>[];
}

function Kinds({ family, types }: KindsProps): ReactNode {
  const { can } = useSession();
  const possible = types
    .map((type) => ({ ...type, kind: kindOf(family, type.component) }))
    .filter(({ kind }) => can(kind.permission('add')));
  if (possible.length === 0) {
    return <Note icon="lock" title={t('state.forbidden')} text={t('state.forbiddenText')} />;
  }
  return (
    <ul className="kinds">
      {possible.map(({ name, description, kind }) => (
        <li key={kind.name}>
          <Link to={`/${family.all}/new`} search={{ kind: kind.name }} className="kind">
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

function Fields({ family, component }: { readonly family: Family; readonly component: string }): ReactNode {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { one, all } = family;
  const { name, path, request, layout } = kindOf(family, component);
  return (
    <Panel title={t('stages.settings')}>
      <ResourceForm
        key={name}
        request={request}
        label={t('stages.settings')}
        layout={layout}
        action={t(`${all}.create`)}
        save={(body: Schema<'DummyStageRequest'>) => contentOf(api.POST(path, { body }))}
        saved={({ pk }) => {
          void client.invalidateQueries({ queryKey: [`${one} list`] });
          void navigate({ to: `/${all}/$pk`, params: { pk } });
        }}
      />
    </Panel>
  );
}
