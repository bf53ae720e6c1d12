import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import type { Schema } from '../api/client';
import { Icon } from '../parts/icon';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { type Permission, useSession } from '../session';
import { t } from '../texts/texts';
import { GiveAccess } from './give-access';
import { Chip } from './grants';
import { actionName } from './names';
import {
  accessQuery,
  type AccessTarget,
  type Holder,
  rolesWithAccessQuery,
  unassignObject,
  usersWithAccessQuery,
} from './queries';

interface AccessProps extends AccessTarget {
  /** Name of the object. */
  readonly name: string;
}

/** Users and roles that may view, change or delete an object, and why, with buttons to give and take permissions. */
export function Access(props: AccessProps): ReactNode {
  if (!useSeesHolders()) return null;
  return (
    <Panel title={t('access.title')}>
      <Holders {...props} />
    </Panel>
  );
}

/** As `Access`, for an object without a page of its own: read when it is opened. */
export function FoldedAccess(props: AccessProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  if (!useSeesHolders()) return null;
  return (
    <details className="transcript" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <Icon name="next" />
        {t('access.title')}
      </summary>
      {isOpen && <Holders {...props} />}
    </details>
  );
}

function useSeesHolders(): boolean {
  const { can } = useSession();
  return can('view_user') || can('view_role');
}

function Holders({ name, ...target }: AccessProps): ReactNode {
  const { can } = useSession();
  const mayGive =
    (can('view_user') && can('assign_user_permissions')) || (can('view_role') && can('assign_role_permissions'));
  return (
    <>
      <div className="grants">
        {can('view_user') && <Users {...target} />}
        {can('view_role') && <Roles {...target} />}
      </div>
      {mayGive && <GiveAccess target={target} name={name} />}
    </>
  );
}

function Users(target: AccessTarget): ReactNode {
  const { can } = useSession();
  return (
    <Loaded query={useQuery(usersWithAccessQuery(target))} lines={2}>
      {({ results }) =>
        results.map(({ pk, username, name, is_superuser: isSuperuser, permissions }) => (
          <Row
            key={pk}
            name={name === '' ? username : name}
            link={{ to: '/users/$id', params: { id: String(pk) } }}
            why={isSuperuser ? t('access.superuser') : ''}
            holder={{ user: pk }}
            permissions={permissions}
            mayTake={can('unassign_user_permissions')}
            target={target}
          />
        ))
      }
    </Loaded>
  );
}

function Roles(target: AccessTarget): ReactNode {
  const { can } = useSession();
  return (
    <Loaded query={useQuery(rolesWithAccessQuery(target))} lines={1}>
      {({ results }) =>
        results.map(({ role_pk: pk, name, permissions }) => (
          <Row
            key={pk}
            name={name}
            link={{ to: '/roles/$pk', params: { pk } }}
            why={t('access.role')}
            holder={{ role: pk }}
            permissions={permissions}
            mayTake={can('unassign_role_permissions')}
            target={target}
          />
        ))
      }
    </Loaded>
  );
}

interface RowProps {
  readonly name: string;
  readonly link: Pick<LinkProps, 'params' | 'to'>;
  readonly why: string;
  readonly holder: Holder;
  readonly permissions: readonly Schema<'UserObjectPermission'>[];
  readonly mayTake: boolean;
  readonly target: AccessTarget;
}

function Row({ name, link, why, holder, permissions, mayTake, target }: RowProps): ReactNode {
  const client = useQueryClient();
  const { can } = useSession();
  return (
    <div className="grant">
      <span className="grant-name">
        <Link {...link} className="text-link" dir="auto">
          {name}
        </Link>
        {why !== '' && <span className="access-why">{why}</span>}
      </span>
      <span className="grant-list">
        {permissions.map((permission) => {
          const isHere = permission.object_pk !== '';
          const action = actionName({ ...permission, model_verbose: '' });
          const label = t(isHere ? 'access.here' : 'access.everywhere', { action });
          // One for every object is taken where all of the holder are shown.
          const mayRemove = isHere && mayTake && can(permission.codename as Permission);
          return (
            <Chip
              key={permission.id}
              label={label}
              what={label}
              holder={name}
              remove={mayRemove ? () => unassignObject(holder, permission) : undefined}
              removed={() => void client.invalidateQueries({ queryKey: accessQuery(target) })}
            />
          );
        })}
      </span>
    </div>
  );
}
