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
import { EmailTests } from './email-tests';
import { kindOf } from './kinds';
import { layoutOf } from './layouts';
import { stageOfKindQuery, stageQuery } from './queries';
import { shortKind } from './stage-list';

const route = getRouteApi('/stages/$pk');

/** A stage: its settings, and the flows that it is in. */
export function StagePage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(stageQuery(pk))} isPage>
      {(stage) => <FoundStage stage={stage} />}
    </Loaded>
  );
}

function FoundStage({ stage }: { readonly stage: Schema<'Stage'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const kind = kindOf(stage.component);
  const path = { stage_uuid: stage.pk };
  return (
    <Page
      title={stage.name}
      above={
        <Link to="/stages" className="back">
          <Icon name="back" size={14} />
          {t('stages.back')}
        </Link>
      }
      below={<p className="page-below">{shortKind(stage.verbose_name)}</p>}
      actions={
        can(kind.permission('delete')) && (
          <DeleteButton
            name={stage.name}
            usedBy={() => contentOf(api.GET('/stages/all/{stage_uuid}/used_by/', { params: { path } }))}
            remove={() => done(api.DELETE(`${kind.path}{stage_uuid}/`, { params: { path } }))}
            removed={() => {
              void client.invalidateQueries({ queryKey: ['stage list'] });
              void navigate({ to: '/stages' });
            }}
          />
        )
      }
    >
      <div className="columns">
        <div>
          <Panel title={t('stages.settings')}>
            {can(kind.permission('view')) ? <Settings stage={stage} /> : <NoSettings />}
          </Panel>
        </div>
        <div>
          <Flows flows={stage.flow_set ?? []} />
          {kind.name === 'email' && can('change_emailstage') && <EmailTests pk={stage.pk} name={stage.name} />}
          <Access model={kind.model} object_pk={stage.pk} name={stage.name} />
        </div>
      </div>
    </Page>
  );
}

function NoSettings(): ReactNode {
  return <Note icon="lock" title={t('state.forbidden')} text={t('state.forbiddenText')} />;
}

function Settings({ stage: { pk, component } }: { readonly stage: Schema<'Stage'> }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const kind = kindOf(component);
  const stage = useQuery(stageOfKindQuery(kind, pk));
  return (
    <Loaded query={stage}>
      {(value) =>
        can(kind.permission('change')) ? (
          <ResourceForm
            request={kind.request}
            label={t('stages.settings')}
            value={value}
            layout={layoutOf(kind)}
            save={(body: Schema<'PatchedDummyStageRequest'>) =>
              contentOf(api.PATCH(`${kind.path}{stage_uuid}/`, { params: { path: { stage_uuid: pk } }, body }))
            }
            saved={() => {
              void client.invalidateQueries({ queryKey: ['stage', pk] });
              void client.invalidateQueries({ queryKey: ['stage list'] });
            }}
          />
        ) : (
          <ResourceFacts request={kind.request} value={value} />
        )
      }
    </Loaded>
  );
}

function Flows({ flows }: { readonly flows: readonly Schema<'FlowSet'>[] }): ReactNode {
  return (
    <Panel title={t('stages.usedIn')}>
      {flows.length === 0 ? (
        <p className="panel-text">{t('stages.inNone')}</p>
      ) : (
        <ul className="rows">
          {flows.map(({ pk, slug, name }) => (
            <li key={pk}>
              <Link to="/flows/$slug" params={{ slug }} className="row">
                <span className="row-main" dir="auto">
                  {name}
                </span>
                <span className="row-soft">{slug}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
