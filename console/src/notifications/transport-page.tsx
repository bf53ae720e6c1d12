import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { DeleteButton } from '../parts/form/delete-button';
import { choiceLabel } from '../parts/form/field';
import { ResourceFacts } from '../parts/form/resource-facts';
import { ResourceForm } from '../parts/form/resource-form';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { Access } from '../permissions/access';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { notificationTransportQuery } from './queries';
import { TransportTest } from './transport-test';
import { transportLayout } from './transports';

const route = getRouteApi('/notifications/transports/$pk');

/** A transport of notifications: its settings, and a test of them. */
export function TransportPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(notificationTransportQuery(pk))} isPage>
      {(transport) => <FoundTransport key={pk} transport={transport} />}
    </Loaded>
  );
}

function FoundTransport({ transport }: { readonly transport: Schema<'NotificationTransport'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { pk, name, mode = 'local' } = transport;
  const params = { path: { uuid: pk } };
  const refresh = (): void => {
    for (const key of ['notification transport', 'notification transports']) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  };
  return (
    <Page
      title={name}
      above={<Back to="/notifications">{t('notifications.back')}</Back>}
      below={<p className="page-below">{choiceLabel(mode)}</p>}
      actions={
        can('delete_notificationtransport') && (
          <DeleteButton
            name={name}
            usedBy={() => contentOf(api.GET('/events/transports/{uuid}/used_by/', { params }))}
            remove={() => done(api.DELETE('/events/transports/{uuid}/', { params }))}
            removed={() => void navigate({ to: '/notifications' }).then(refresh)}
          />
        )
      }
    >
      <div className="columns">
        <div>
          <Panel title={t('stages.settings')}>
            {can('change_notificationtransport') ? (
              <ResourceForm
                request="NotificationTransportRequest"
                label={t('stages.settings')}
                value={transport}
                layout={transportLayout}
                save={(body: Schema<'PatchedNotificationTransportRequest'>) =>
                  contentOf(api.PATCH('/events/transports/{uuid}/', { params, body }))
                }
                saved={refresh}
              />
            ) : (
              <ResourceFacts request="NotificationTransportRequest" value={transport} />
            )}
          </Panel>
        </div>
        <div>
          {can('change_notificationtransport') && <TransportTest pk={pk} />}
          <Access model="authentik_events.notificationtransport" object_pk={pk} name={name} />
        </div>
      </div>
    </Page>
  );
}
