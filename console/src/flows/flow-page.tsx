import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { DeleteButton } from '../parts/form/delete-button';
import { choiceLabel } from '../parts/form/field';
import { ResourceFacts } from '../parts/form/resource-facts';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { Access } from '../permissions/access';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Guards } from './guards';
import { Inspector } from './inspector';
import { flowLayout } from './new-flow';
import { flowQuery } from './queries';
import { Steps } from './steps';

const route = getRouteApi('/flows/$slug');

/** A flow: its steps, who may go through it, and its settings. */
export function FlowPage(): ReactNode {
  const { slug } = route.useParams();
  return (
    <Loaded query={useQuery(flowQuery(slug))} isPage>
      {(flow) => <FoundFlow key={flow.pk} flow={flow} />}
    </Loaded>
  );
}

function FoundFlow({ flow }: { readonly flow: Schema<'Flow'> }): ReactNode {
  const { can } = useSession();
  const { name, slug } = flow;
  return (
    <Page
      title={name}
      above={<Back to="/flows">{t('flows.back')}</Back>}
      below={
        <p className="page-below">
          {choiceLabel(flow.designation)} <span>·</span> <span dir="auto">{slug}</span>
        </p>
      }
      actions={<Actions flow={flow} />}
    >
      <div className="columns">
        <div>
          {can('view_flowstagebinding') && <Steps flow={flow} />}
          <Panel title={t('stages.settings')}>
            <Settings flow={flow} />
          </Panel>
        </div>
        <div>
          {can('view_policybinding') && (
            <Panel title={t('flows.guards')}>
              <Guards target={flow.policybindingmodel_ptr_id} mode={flow.policy_engine_mode} of={name} />
            </Panel>
          )}
          {can('inspect_flow') && <Inspector slug={slug} />}
          <Access model="authentik_flows.flow" object_pk={flow.pk} name={name} />
        </div>
      </div>
    </Page>
  );
}

function Actions({ flow: { name, slug } }: { readonly flow: Schema<'Flow'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const path = { slug };
  return (
    <>
      <Button
        component="a"
        variant="default"
        href={`/if/flow/${encodeURIComponent(slug)}/`}
        target="_blank"
        rel="noreferrer"
        leftSection={<Icon name="open" />}
      >
        {t('flows.try')}
      </Button>
      {can('export_flow') && (
        <Button
          component="a"
          variant="default"
          href={`/api/v3/flows/instances/${encodeURIComponent(slug)}/export/`}
          download={`${slug}.yaml`}
          leftSection={<Icon name="download" />}
        >
          {t('flows.export')}
        </Button>
      )}
      {can('delete_flow') && (
        <DeleteButton
          name={name}
          usedBy={() => contentOf(api.GET('/flows/instances/{slug}/used_by/', { params: { path } }))}
          remove={() => done(api.DELETE('/flows/instances/{slug}/', { params: { path } }))}
          removed={() => {
            void client.invalidateQueries({ queryKey: ['flow list'] });
            void navigate({ to: '/flows' });
          }}
        />
      )}
    </>
  );
}

function Settings({ flow }: { readonly flow: Schema<'Flow'> }): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  if (!can('change_flow')) return <ResourceFacts request="FlowRequest" value={flow} />;
  return (
    <ResourceForm
      request="FlowRequest"
      label={t('stages.settings')}
      value={flow}
      layout={flowLayout}
      save={(body: Schema<'PatchedFlowRequest'>) =>
        contentOf(api.PATCH('/flows/instances/{slug}/', { params: { path: { slug: flow.slug } }, body }))
      }
      saved={(changed) => {
        void client.invalidateQueries({ queryKey: ['flow list'] });
        client.setQueryData(flowQuery(changed.slug).queryKey, changed);
        if (changed.slug !== flow.slug) {
          void navigate({ to: '/flows/$slug', params: { slug: changed.slug }, replace: true });
        }
      }}
    />
  );
}
