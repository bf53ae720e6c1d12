import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { Confirmed } from '../parts/confirm';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Page, Panel } from '../parts/page';
import { ShownOnce } from '../parts/shown-once';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Deliveries } from './deliveries';
import { endpointQuery } from './queries';
import { EndpointState } from './webhook-list';

const route = getRouteApi('/webhooks/$pk');

/** An endpoint: its settings and what was delivered to it. */
export function WebhookPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(endpointQuery(pk))} isPage>
      {(endpoint) => <FoundEndpoint key={pk} endpoint={endpoint} />}
    </Loaded>
  );
}

function FoundEndpoint({ endpoint }: { readonly endpoint: Schema<'WebhookEndpoint'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [secret, setSecret] = useState<string>();
  const params = { path: { endpoint_uuid: endpoint.pk } };
  const refresh = (): void => {
    for (const key of ['webhook endpoint', 'webhook endpoints', 'webhook deliveries']) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  };
  return (
    <Page
      title={endpoint.name}
      above={<Back to="/webhooks">{t('webhooks.back')}</Back>}
      below={
        <p className="page-below">
          <EndpointState endpoint={endpoint} />
          <span className="wraps" dir="auto">
            {endpoint.url}
          </span>
        </p>
      }
      actions={
        <>
          {can('change_webhookendpoint') && endpoint.enabled && (
            <Confirmed
              label={t('webhooks.test')}
              icon={<Icon name="senders" />}
              question={t('webhooks.testAsk')}
              text={t('webhooks.testText', { url: endpoint.url })}
              act={() => contentOf(api.POST('/webhooks/endpoints/{endpoint_uuid}/test/', { params }))}
              done={refresh}
            />
          )}
          {can('change_webhookendpoint') && (
            <Confirmed
              label={t('webhooks.rotate')}
              icon={<Icon name="repeat" />}
              question={t('webhooks.rotateAsk')}
              text={t('webhooks.rotateText')}
              act={async () => {
                const rotated = await contentOf(
                  api.POST('/webhooks/endpoints/{endpoint_uuid}/rotate_secret/', { params }),
                );
                setSecret(rotated.secret ?? undefined);
              }}
              done={refresh}
            />
          )}
          {can('delete_webhookendpoint') && (
            <DeleteButton
              name={endpoint.name}
              usedBy={() => contentOf(api.GET('/webhooks/endpoints/{endpoint_uuid}/used_by/', { params }))}
              remove={() => done(api.DELETE('/webhooks/endpoints/{endpoint_uuid}/', { params }))}
              removed={() => void navigate({ to: '/webhooks' }).then(refresh)}
            />
          )}
        </>
      }
    >
      <div className="columns">
        <div>
          {can('view_webhookdelivery') && <Deliveries title={t('webhooks.deliveries')} endpoint={endpoint.pk} />}
        </div>
        {can('change_webhookendpoint') && (
          <Panel title={t('groups.settings')}>
            <ResourceForm
              request="WebhookEndpointRequest"
              label={t('groups.settings')}
              value={endpoint}
              layout={{ first: ['name', 'url', 'event_types', 'enabled', 'description'] }}
              save={(body: Schema<'PatchedWebhookEndpointRequest'>) =>
                contentOf(api.PATCH('/webhooks/endpoints/{endpoint_uuid}/', { params, body }))
              }
              saved={refresh}
            />
          </Panel>
        )}
      </div>
      <ShownOnce
        title={t('webhooks.secret')}
        text={t('webhooks.rotatedText')}
        what={t('webhooks.secret')}
        value={secret}
        close={() => setSecret(undefined)}
      />
    </Page>
  );
}
