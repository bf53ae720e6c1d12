import { ActionIcon } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Severity } from './severity';

/** A notification of the visitor: what happened, whether it is new, and buttons to mark it as seen and to delete it. */
export function NotificationRow({ notification }: { readonly notification: Schema<'Notification'> }): ReactNode {
  const { pk, body, severity, created, seen, event } = notification;
  const { can } = useSession();
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const params = { path: { uuid: pk } };
  const refresh = (): void => void client.invalidateQueries({ queryKey: ['notifications'] });
  const seeing = useMutation({
    mutationFn: () => contentOf(api.PATCH('/events/notifications/{uuid}/', { params, body: { seen: true } })),
    onSettled: refresh,
  });
  return (
    <div className="row line">
      <Line
        main={
          event !== undefined && can('view_event') ? (
            <Link to="/events/$pk" params={{ pk: event.pk }} className="text-link">
              {body}
            </Link>
          ) : (
            body
          )
        }
        below={
          <>
            <Severity severity={severity} />
            {seen !== true && <span className="badge">{t('notifications.new')}</span>}
          </>
        }
        end={
          <>
            <Moment time={created} />
            <span className="line-actions">
              {seen !== true && (
                <Action icon="check" label={t('notifications.see', { what: body })} act={() => seeing.mutate()} />
              )}
              <Action icon="bin" label={t('senders.deleteOf', { name: body })} act={() => setAsking(true)} />
            </span>
          </>
        }
      />
      <Dialog
        title={t('notifications.deleteAsk')}
        text={t('notifications.deleteText', { what: body })}
        label={t('form.delete')}
        isOpen={isAsking}
        isDangerous
        close={() => setAsking(false)}
        act={() => done(api.DELETE('/events/notifications/{uuid}/', { params }))}
        done={refresh}
      />
    </div>
  );
}

interface ActionProps {
  readonly icon: 'bin' | 'check';
  readonly label: string;
  readonly act: () => void;
}

function Action({ icon, label, act }: ActionProps): ReactNode {
  return (
    <ActionIcon variant="default" aria-label={label} title={label} onClick={act}>
      <Icon name={icon} />
    </ActionIcon>
  );
}
