import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, done, type Schema } from '../api/client';
import { Back } from '../parts/back';
import { DeleteButton } from '../parts/form/delete-button';
import { ResourceForm } from '../parts/form/resource-form';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { HeldPermissions } from '../permissions/held';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { groupsOfRoleQuery, roleQuery } from './queries';

const route = getRouteApi('/roles/$pk');

/** A role: its permissions, and the groups whose members have it. */
export function RolePage(): ReactNode {
  const { pk } = route.useParams();
  return (
    <Loaded query={useQuery(roleQuery(pk))} isPage>
      {(role) => <FoundRole key={pk} role={role} />}
    </Loaded>
  );
}

function FoundRole({ role }: { readonly role: Schema<'Role'> }): ReactNode {
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const path = { uuid: role.pk };
  return (
    <Page
      title={role.name}
      above={<Back to="/roles">{t('roles.back')}</Back>}
      actions={
        can('delete_role') && (
          <DeleteButton
            name={role.name}
            usedBy={() => contentOf(api.GET('/rbac/roles/{uuid}/used_by/', { params: { path } }))}
            remove={() => done(api.DELETE('/rbac/roles/{uuid}/', { params: { path } }))}
            removed={() => {
              void client.invalidateQueries({ queryKey: ['roles'] });
              void navigate({ to: '/roles' });
            }}
          />
        )
      }
    >
      <div className="columns">
        <div>
          <Panel title={t('permissions.title')}>
            <HeldPermissions
              holder={{ role: role.pk }}
              name={role.name}
              mayGive={can('assign_role_permissions')}
              mayTake={can('unassign_role_permissions')}
              none={t('roles.noPermissions')}
            />
          </Panel>
        </div>
        <div>
          <Panel title={t('roles.groups')}>
            <Loaded query={useQuery(groupsOfRoleQuery(role.pk))} lines={2}>
              {(uses) =>
                uses.length === 0 ? (
                  <p className="panel-text">{t('roles.noGroups')}</p>
                ) : (
                  <ul className="rows">
                    {uses.map(({ pk, name }) => (
                      <li key={pk}>
                        <Link to="/groups/$pk" params={{ pk }} className="row line">
                          <span className="text-link">{name.replace(/^Group /, '')}</span>
                        </Link>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Loaded>
          </Panel>
          {can('change_role') && (
            <Panel title={t('groups.settings')}>
              <ResourceForm
                request="RoleRequest"
                label={t('groups.settings')}
                value={role}
                save={(body: Schema<'PatchedRoleRequest'>) =>
                  contentOf(api.PATCH('/rbac/roles/{uuid}/', { params: { path }, body }))
                }
                saved={() => {
                  for (const key of ['role', 'roles']) void client.invalidateQueries({ queryKey: [key] });
                }}
              />
            </Panel>
          )}
        </div>
      </div>
    </Page>
  );
}
