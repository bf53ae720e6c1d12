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
import { policyKindNamed, policyKindOf, shortPolicyKind } from './kinds';
import { policyLayoutOf } from './layouts';
import { policyTypesQuery } from './queries';

const route = getRouteApi('/policies/new');

/** Creates a policy: first the kind, then its fields. */
export function NewPolicy(): ReactNode {
  const { kind } = route.useSearch();
  const { can } = useSession();
  const types = useQuery(policyTypesQuery);
  const chosen = types.data?.find(({ component }) => policyKindOf(component).name === kind);
  return (
    <Page
      title={
        chosen === undefined ? t('policies.create') : t('policies.createKind', { kind: shortPolicyKind(chosen.name) })
      }
      above={
        <Link to={chosen === undefined ? '/policies' : '/policies/new'} className="back">
          <Icon name="back" size={14} />
          {t(chosen === undefined ? 'policies.back' : 'stages.otherKind')}
        </Link>
      }
      below={chosen !== undefined && <p className="page-below">{chosen.description}</p>}
    >
      <Loaded query={types} lines={4}>
        {(all) =>
          chosen === undefined ? (
            <ul className="kinds">
              {all
                .filter(({ component }) => can(policyKindOf(component).permission('add')))
                .map(({ name, component, description }) => (
                  <li key={component}>
                    <Link from={route.id} search={{ kind: policyKindOf(component).name }} className="kind">
                      <span className="row-main">{shortPolicyKind(name)}</span>
                      <span className="row-soft wraps" lang="en">
                        {description}
                      </span>
                    </Link>
                  </li>
                ))}
            </ul>
          ) : (
            <Fields name={policyKindOf(chosen.component).name} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Fields({ name }: { readonly name: string }): ReactNode {
  const navigate = useNavigate();
  const client = useQueryClient();
  const kind = policyKindNamed(name);
  return (
    <Panel title={t('stages.settings')}>
      <ResourceForm
        key={name}
        request={kind.request}
        label={t('stages.settings')}
        layout={policyLayoutOf(kind)}
        action={t('policies.create')}
        save={(body: Schema<'PasswordPolicyRequest'>) => contentOf(api.POST(kind.path, { body }))}
        saved={({ pk }) => {
          void client.invalidateQueries({ queryKey: ['policy list'] });
          void navigate({ to: '/policies/$pk', params: { pk } });
        }}
      />
    </Panel>
  );
}
