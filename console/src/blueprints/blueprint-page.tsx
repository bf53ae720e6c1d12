import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { Confirmed } from '../parts/confirm';
import { Facts } from '../parts/facts';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Moment } from '../parts/moment';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { blueprintQuery } from './queries';
import { Status } from './status';

const route = getRouteApi('/blueprints/$pk');

/** A blueprint: the result of its last application, and its settings. */
export function BlueprintPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(blueprintQuery(pk))} isPage>
      {(blueprint) => <FoundBlueprint key={pk} blueprint={blueprint} />}
    </Loaded>
  );
}

function FoundBlueprint({ blueprint }: { readonly blueprint: Schema<'BlueprintInstance'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const path = { instance_uuid: blueprint.pk };
  const refresh = (): void => {
    for (const key of ['blueprint', 'blueprints']) void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <Page
      title={blueprint.name}
      above={<Back to="/blueprints">{t('blueprints.back')}</Back>}
      below={
        <p className="page-below">
          <Status blueprint={blueprint} />
        </p>
      }
      actions={
        <>
          {can('add_blueprintinstance') && can('change_blueprintinstance') && blueprint.enabled !== false && (
            <Confirmed
              label={t('blueprints.apply')}
              icon={<Icon name="check" />}
              question={t('blueprints.applyAsk', { name: blueprint.name })}
              text={t('blueprints.applyText')}
              act={() => contentOf(api.POST('/managed/blueprints/{instance_uuid}/apply/', { params: { path } }))}
              done={refresh}
            />
          )}
          {can('delete_blueprintinstance') && (
            <DeleteButton
              name={blueprint.name}
              usedBy={() => contentOf(api.GET('/managed/blueprints/{instance_uuid}/used_by/', { params: { path } }))}
              remove={() => done(api.DELETE('/managed/blueprints/{instance_uuid}/', { params: { path } }))}
              removed={() => void navigate({ to: '/blueprints' }).then(refresh)}
            />
          )}
        </>
      }
    >
      <div className="columns">
        {can('change_blueprintinstance') && (
          <Panel title={t('groups.settings')}>
            <ResourceForm
              request="BlueprintInstanceRequest"
              label={t('groups.settings')}
              value={blueprint}
              layout={{ first: ['name', 'path', 'content', 'enabled'] }}
              save={(body: Schema<'PatchedBlueprintInstanceRequest'>) =>
                contentOf(api.PATCH('/managed/blueprints/{instance_uuid}/', { params: { path }, body }))
              }
              saved={refresh}
            />
          </Panel>
        )}
        <Panel title={t('mailPage.details')}>
          <Facts
            facts={[
              [t('blueprints.file'), blueprint.path === '' ? t('blueprints.ofText') : blueprint.path],
              [
                t('blueprints.applied'),
                blueprint.last_applied_hash === '' ? (
                  t('blueprints.never')
                ) : (
                  <Moment key="applied" time={blueprint.last_applied} exact />
                ),
              ],
              [t('blueprints.models'), blueprint.managed_models.join(', ')],
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
}
