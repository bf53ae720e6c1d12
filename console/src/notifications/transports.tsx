import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { choiceLabel } from '../parts/form/field';
import { NewButton } from '../parts/form/form-dialog';
import type { FormLayout } from '../parts/form/resource-form';
import { Line } from '../parts/listing';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { ObjectPanel } from './object-panel';
import { notificationTransportsQuery } from './queries';

/** The form of a transport: only webhooks have an address. */
export const transportLayout: FormLayout = {
  first: ['name', 'mode', 'webhook_url', 'send_once'],
  // The service has no property mappings.
  hidden: ['webhook_mapping'],
  only: { webhook_url: ({ mode }) => String(mode).startsWith('webhook') },
};

/** How users are notified. */
export function Transports(): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <ObjectPanel
      title={t('notifications.transports')}
      query={useQuery(notificationTransportsQuery)}
      row={({ pk, name, mode, webhook_url: url }) => (
        <Link to="/notifications/transports/$pk" params={{ pk }} className="row line">
          <Line main={name} below={url} end={choiceLabel(mode ?? 'local')} />
        </Link>
      )}
      empty={{ title: t('notifications.noTransports'), text: t('notifications.noTransportsText') }}
      create={
        can('add_notificationtransport') && (
          <NewButton
            title={t('notifications.createTransport')}
            request="NotificationTransportRequest"
            layout={transportLayout}
            save={(body: Schema<'NotificationTransportRequest'>) =>
              contentOf(api.POST('/events/transports/', { body }))
            }
            saved={({ pk }) => {
              void client.invalidateQueries(notificationTransportsQuery);
              void navigate({ to: '/notifications/transports/$pk', params: { pk } });
            }}
          />
        )
      }
    />
  );
}
