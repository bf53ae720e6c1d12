import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Guards } from '../flows/guards';
import { Back } from '../parts/back';
import { Facts } from '../parts/facts';
import { DeleteButton } from '../parts/form/delete-button';
import { labelOf } from '../parts/form/field';
import { ResourceForm } from '../parts/form/resource-form';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { Access } from '../permissions/access';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { NewMatcher } from './new-matcher';
import { ruleQuery } from './queries';
import { ruleLayout } from './rules';
import { Severity } from './severity';

const route = getRouteApi('/notifications/rules/$pk');

/** A rule: the events that it notifies of, its group and transports. */
export function RulePage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(ruleQuery(pk))} isPage>
      {(rule) => <FoundRule key={pk} rule={rule} />}
    </Loaded>
  );
}

function FoundRule({ rule }: { readonly rule: Schema<'NotificationRule'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { pk, name } = rule;
  const params = { path: { pbm_uuid: pk } };
  const refresh = (): void => {
    for (const key of ['notification rule', 'notification rules']) void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <Page
      title={name}
      above={<Back to="/notifications">{t('notifications.back')}</Back>}
      below={
        <p className="page-below">
          <Severity severity={rule.severity} />
        </p>
      }
      actions={
        can('delete_notificationrule') && (
          <DeleteButton
            name={name}
            usedBy={() => contentOf(api.GET('/events/rules/{pbm_uuid}/used_by/', { params }))}
            remove={() => done(api.DELETE('/events/rules/{pbm_uuid}/', { params }))}
            removed={() => void navigate({ to: '/notifications' }).then(refresh)}
          />
        )
      }
    >
      <div className="columns">
        <div>
          {can('view_policybinding') && (
            <Panel title={t('notifications.conditions')}>
              <Guards
                target={pk}
                of={name}
                intro={t('notifications.conditionsText')}
                none={t('notifications.noConditions')}
                beside={<NewMatcher rule={pk} />}
              />
            </Panel>
          )}
          <Panel title={t('stages.settings')}>
            {can('change_notificationrule') ? (
              <ResourceForm
                request="NotificationRuleRequest"
                label={t('stages.settings')}
                value={rule}
                layout={ruleLayout}
                save={(body: Schema<'PatchedNotificationRuleRequest'>) =>
                  contentOf(api.PATCH('/events/rules/{pbm_uuid}/', { params, body }))
                }
                saved={refresh}
              />
            ) : (
              <Facts facts={[[labelOf('group'), rule.group_obj?.name ?? t('notifications.noGroup')]]} />
            )}
          </Panel>
        </div>
        <div>
          <Access model="authentik_events.notificationrule" object_pk={pk} name={name} />
        </div>
      </div>
    </Page>
  );
}
