import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, done } from '../api/client';
import { Icon } from '../parts/icon';
import { useList } from '../parts/list-page';
import { Listing } from '../parts/listing';
import { Page } from '../parts/page';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { NotificationRow } from './notification-rows';
import { notificationsQuery } from './queries';
import { Rules } from './rules';
import { Transports } from './transports';

/** What the visitor was notified of, the rules that notify users of events, and how. */
export function NotificationList(): ReactNode {
  const { can } = useSession();
  const seesRules = can('view_notificationrule');
  const seesTransports = can('view_notificationtransport');
  return (
    <Page title={t('nav.notifications')} actions={<AllSeen />}>
      {seesRules || seesTransports ? (
        <div className="columns">
          <div>
            <Own />
          </div>
          <div>
            {seesRules && <Rules />}
            {seesTransports && <Transports />}
          </div>
        </div>
      ) : (
        <Own />
      )}
    </Page>
  );
}

function useOwn(): ReturnType<typeof notificationsQuery> {
  return notificationsQuery(useSession().user.pk, useList().filter.page);
}

function Own(): ReactNode {
  return (
    <Listing
      query={useQuery(useOwn())}
      label={t('notifications.list')}
      keyOf={({ pk }) => pk}
      row={(notification) => <NotificationRow notification={notification} />}
      empty={{ icon: 'notifications', title: t('notifications.empty'), text: t('notifications.emptyText') }}
    />
  );
}

function AllSeen(): ReactNode {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => done(api.POST('/events/notifications/mark_all_seen/')),
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  });
  const hasNew = useQuery(useOwn()).data?.results.some(({ seen }) => seen !== true) ?? false;
  if (!hasNew) return null;
  return (
    <Button variant="default" leftSection={<Icon name="check" />} loading={isPending} onClick={() => mutate()}>
      {t('notifications.allSeen')}
    </Button>
  );
}
