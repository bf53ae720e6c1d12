import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { NewButton } from '../parts/form/form-dialog';
import type { FormLayout } from '../parts/form/resource-form';
import { Line } from '../parts/listing';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { ObjectPanel } from './object-panel';
import { rulesQuery } from './queries';
import { Severity } from './severity';

/** The form of a rule: who is notified, and how. */
export const ruleLayout: FormLayout = { first: ['name', 'group', 'transports', 'severity'] };

/** The rules that notify groups of events. */
export function Rules(): ReactNode {
  const { can } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <ObjectPanel
      title={t('notifications.rules')}
      query={useQuery(rulesQuery)}
      row={({ pk, name, severity, group_obj: group }) => (
        <Link to="/notifications/rules/$pk" params={{ pk }} className="row line">
          <Line
            main={name}
            below={group === null ? t('notifications.noGroup') : t('notifications.notifies', { group: group.name })}
            end={<Severity severity={severity} />}
          />
        </Link>
      )}
      empty={{ title: t('notifications.noRules'), text: t('notifications.noRulesText') }}
      create={
        can('add_notificationrule') && (
          <NewButton
            title={t('notifications.createRule')}
            request="NotificationRuleRequest"
            layout={ruleLayout}
            save={(body: Schema<'NotificationRuleRequest'>) => contentOf(api.POST('/events/rules/', { body }))}
            saved={({ pk }) => {
              void client.invalidateQueries(rulesQuery);
              void navigate({ to: '/notifications/rules/$pk', params: { pk } });
            }}
          />
        )
      }
    />
  );
}
