import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceForm } from '../parts/form/resource-form';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { Access } from '../permissions/access';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { Members } from './members';
import { groupQuery } from './queries';

const route = getRouteApi('/groups/$pk');

/** A group: its settings, roles and members. */
export function GroupPage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(groupQuery(pk))} isPage>
      {(group) => <FoundGroup key={pk} group={group} />}
    </Loaded>
  );
}

function FoundGroup({ group }: { readonly group: Schema<'Group'> }): ReactNode {
  const { can, user: me } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const path = { group_uuid: group.pk };
  // Only superusers change what makes superusers.
  const mayManage = me.is_superuser || group.is_superuser !== true;
  const refresh = (): void => {
    for (const key of ['group', 'groups']) void client.invalidateQueries({ queryKey: [key] });
  };
  return (
    <Page
      title={group.name}
      above={<Back to="/groups">{t('groups.back')}</Back>}
      below={group.is_superuser === true && <p className="page-below">{t('groups.superuserText')}</p>}
      actions={
        mayManage &&
        can('delete_group') && (
          <DeleteButton
            name={group.name}
            usedBy={() => contentOf(api.GET('/core/groups/{group_uuid}/used_by/', { params: { path } }))}
            remove={() => done(api.DELETE('/core/groups/{group_uuid}/', { params: { path } }))}
            removed={() => {
              void client.invalidateQueries({ queryKey: ['groups'] });
              void navigate({ to: '/groups' });
            }}
          />
        )
      }
    >
      <div className="columns">
        <div>
          <Members group={group} refresh={refresh} />
        </div>
        <div>
          <Panel title={t('roles.ofGroup')}>
            {group.roles_obj.length === 0 && <p className="panel-text">{t('groups.noRoles')}</p>}
            <ul className="rows">
              {group.roles_obj.map(({ pk, name }) => (
                <li key={pk} className="row line">
                  {can('view_role') ? (
                    <Link to="/roles/$pk" params={{ pk }} className="text-link">
                      {name}
                    </Link>
                  ) : (
                    name
                  )}
                </li>
              ))}
            </ul>
          </Panel>
          {mayManage && can('change_group') && (
            <Panel title={t('groups.settings')}>
              <ResourceForm
                request="GroupRequest"
                label={t('groups.settings')}
                value={group}
                layout={{ first: ['name', 'parent', 'roles'], hidden: ['users'] }}
                save={(body: Schema<'PatchedGroupRequest'>) =>
                  contentOf(api.PATCH('/core/groups/{group_uuid}/', { params: { path }, body }))
                }
                saved={refresh}
              />
            </Panel>
          )}
          {mayManage && <Access model="authentik_core.group" object_pk={group.pk} name={group.name} />}
        </div>
      </div>
    </Page>
  );
}
