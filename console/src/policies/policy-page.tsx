import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceFacts } from '../parts/form/resource-facts';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Page, Panel } from '../parts/page';
import { Loaded, Note } from '../parts/states';
import { Access } from '../permissions/access';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Bindings } from './bindings';
import { policyKindOf, shortPolicyKind } from './kinds';
import { policyLayoutOf } from './layouts';
import { PolicyTest } from './policy-test';
import { policyOfKindQuery, policyQuery } from './queries';

const route = getRouteApi('/policies/$pk');

/** A policy: its settings, a test of it, where it is used and who may change it. */
export function PolicyPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(policyQuery(pk))} isPage>
      {(policy) => <FoundPolicy key={policy.pk} policy={policy} />}
    </Loaded>
  );
}

function FoundPolicy({ policy }: { readonly policy: Schema<'Policy'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const kind = policyKindOf(policy.component);
  const path = { policy_uuid: policy.pk };
  return (
    <Page
      title={policy.name}
      above={
        <Link to="/policies" className="back">
          <Icon name="back" size={14} />
          {t('policies.back')}
        </Link>
      }
      below={<p className="page-below">{shortPolicyKind(policy.verbose_name)}</p>}
      actions={
        can(kind.permission('delete')) && (
          <DeleteButton
            name={policy.name}
            usedBy={() => contentOf(api.GET('/policies/all/{policy_uuid}/used_by/', { params: { path } }))}
            remove={() => done(api.DELETE(`${kind.path}{policy_uuid}/`, { params: { path } }))}
            removed={() => {
              void client.invalidateQueries({ queryKey: ['policy list'] });
              void navigate({ to: '/policies' });
            }}
          />
        )
      }
    >
      <div className="columns">
        <div>
          <Panel title={t('stages.settings')}>
            {can(kind.permission('view')) ? (
              <Settings policy={policy} />
            ) : (
              <Note icon="lock" title={t('state.forbidden')} text={t('state.forbiddenText')} />
            )}
          </Panel>
        </div>
        <div>
          <Bindings policy={policy} />
          {can('view_policy') && can('add_policy') && can('view_user') && <PolicyTest pk={policy.pk} />}
          <Access model={kind.model} object_pk={policy.pk} name={policy.name} />
        </div>
      </div>
    </Page>
  );
}

function Settings({ policy: { pk, component } }: { readonly policy: Schema<'Policy'> }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const kind = policyKindOf(component);
  return (
    <Loaded query={useQuery(policyOfKindQuery(kind, pk))}>
      {(value) =>
        can(kind.permission('change')) ? (
          <ResourceForm
            request={kind.request}
            label={t('stages.settings')}
            value={value}
            layout={policyLayoutOf(kind)}
            save={(body: Schema<'PatchedPasswordPolicyRequest'>) =>
              contentOf(api.PATCH(`${kind.path}{policy_uuid}/`, { params: { path: { policy_uuid: pk } }, body }))
            }
            saved={() => {
              void client.invalidateQueries({ queryKey: ['policy', pk] });
              void client.invalidateQueries({ queryKey: ['policy list'] });
            }}
          />
        ) : (
          <ResourceFacts request={kind.request} value={value} />
        )
      }
    </Loaded>
  );
}
