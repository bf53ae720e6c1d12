import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { NewButton } from '../parts/form/form-dialog';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { Page, Panel } from '../parts/page';
import { ShownOnce } from '../parts/shown-once';
import { Loaded, Note } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Deliveries } from './deliveries';
import { endpointsQuery } from './queries';

type Endpoint = Schema<'WebhookEndpoint'>;

/** The addresses that get events, and what was delivered to them. */
export function WebhookList(): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [created, setCreated] = useState<Endpoint>();
  return (
    <Page
      title={t('nav.webhooks')}
      actions={
        can('add_webhookendpoint') && (
          <NewButton
            title={t('webhooks.create')}
            request="WebhookEndpointRequest"
            layout={{ first: ['name', 'url', 'event_types', 'description'] }}
            save={(body: Schema<'WebhookEndpointRequest'>) => contentOf(api.POST('/webhooks/endpoints/', { body }))}
            saved={(endpoint) => {
              setCreated(endpoint);
              void client.invalidateQueries(endpointsQuery);
            }}
          />
        )
      }
    >
      {can('view_webhookendpoint') && <Endpoints />}
      {can('view_webhookdelivery') && <Deliveries title={t('webhooks.deliveries')} />}
      <ShownOnce
        title={t('webhooks.secret')}
        text={t('webhooks.secretText')}
        what={t('webhooks.secret')}
        value={created?.secret ?? undefined}
        close={() => {
          const pk = created?.pk ?? '';
          setCreated(undefined);
          void navigate({ to: '/webhooks/$pk', params: { pk } });
        }}
      />
    </Page>
  );
}

function Endpoints(): ReactNode {
  return (
    <Panel title={t('webhooks.endpoints')}>
      <Loaded query={useQuery(endpointsQuery)} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <Note icon="webhooks" title={t('webhooks.empty')} text={t('webhooks.emptyText')} />
          ) : (
            <ul className="rows" aria-label={t('webhooks.endpoints')}>
              {results.map((endpoint) => (
                <li key={endpoint.pk}>
                  <Link to="/webhooks/$pk" params={{ pk: endpoint.pk }} className="row line">
                    <Line
                      main={endpoint.name}
                      below={endpoint.url}
                      middle={<EndpointState endpoint={endpoint} />}
                      end={(endpoint.event_types ?? []).join(', ') || t('webhooks.allEvents')}
                    />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** Whether an endpoint takes events. */
export function EndpointState({ endpoint }: { readonly endpoint: Endpoint }): ReactNode {
  const { enabled, failing_since: since } = endpoint;
  if (!enabled) return <span className="state">{t('blueprints.disabled')}</span>;
  if (since === null) {
    return (
      <span className="state" data-state="good">
        {t('webhooks.enabled')}
      </span>
    );
  }
  return (
    <span className="state" data-state="failed">
      {t('webhooks.failing')} <Moment time={since} />
    </span>
  );
}
