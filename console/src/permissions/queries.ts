import { queryOptions } from '@tanstack/react-query';

import { api, contentOf, done, type Schema } from '../api/client';

/** Who has permissions: a user, or a role that hands them on to the members of its groups. */
export type Holder = { readonly user: number } | { readonly role: string };

/** Large enough for all permissions there are. */
const everything = 500;

/** Every permission that can be given. */
export const allPermissionsQuery = queryOptions({
  queryKey: ['permissions', 'all'],
  queryFn: () => contentOf(api.GET('/rbac/permissions/', { params: { query: { page_size: everything } } })),
  staleTime: Infinity,
});

/** The permissions that a holder itself has on every object. */
export const permissionsQuery = (holder: Holder) =>
  queryOptions({
    queryKey: ['permissions', holder],
    queryFn: () =>
      contentOf(api.GET('/rbac/permissions/', { params: { query: { ...holder, page_size: everything } } })),
  });

/** The permissions that a holder itself has on single objects. */
export const objectPermissionsQuery = (holder: Holder) =>
  queryOptions({
    queryKey: ['object permissions', holder],
    queryFn: () =>
      'user' in holder
        ? contentOf(
            api.GET('/rbac/permissions/users/', { params: { query: { user_id: holder.user, page_size: everything } } }),
          )
        : contentOf(
            api.GET('/rbac/permissions/roles/', { params: { query: { uuid: holder.role, page_size: everything } } }),
          ),
  });

/** An object that permissions are on. */
export interface AccessTarget {
  readonly model: Schema<'ModelEnum'>;
  readonly object_pk: string;
}

/** Start of the keys of queries about who has permissions on an object. */
export const accessQuery = ({ model, object_pk: pk }: AccessTarget) => ['access', model, pk] as const;

/** Users with permissions on an object, and superusers. */
export const usersWithAccessQuery = (target: AccessTarget) =>
  queryOptions({
    queryKey: [...accessQuery(target), 'users'],
    queryFn: () =>
      contentOf(
        api.GET('/rbac/permissions/assigned_by_users/', { params: { query: { ...target, page_size: everything } } }),
      ),
  });

/** Roles with permissions on an object. */
export const rolesWithAccessQuery = (target: AccessTarget) =>
  queryOptions({
    queryKey: [...accessQuery(target), 'roles'],
    queryFn: () =>
      contentOf(
        api.GET('/rbac/permissions/assigned_by_roles/', { params: { query: { ...target, page_size: everything } } }),
      ),
  });

/** Gives permissions on every object, or on one. */
export function assign(holder: Holder, permissions: string[], on?: AccessTarget): Promise<unknown> {
  const body = { permissions, ...on };
  return 'user' in holder
    ? contentOf(
        api.POST('/rbac/permissions/assigned_by_users/{id}/assign/', { params: { path: { id: holder.user } }, body }),
      )
    : contentOf(
        api.POST('/rbac/permissions/assigned_by_roles/{uuid}/assign/', {
          params: { path: { uuid: holder.role } },
          body,
        }),
      );
}

/** Takes permissions on every object away. */
export function unassign(holder: Holder, permissions: string[]): Promise<void> {
  return 'user' in holder
    ? done(
        api.PATCH('/rbac/permissions/assigned_by_users/{id}/unassign/', {
          params: { path: { id: holder.user } },
          body: { permissions },
        }),
      )
    : done(
        api.PATCH('/rbac/permissions/assigned_by_roles/{uuid}/unassign/', {
          params: { path: { uuid: holder.role } },
          body: { permissions },
        }),
      );
}

/** Takes a permission on one object away, by the number of its grant. */
export function unassignObject(holder: Holder, { id }: Pick<Schema<'ExtraUserObjectPermission'>, 'id'>): Promise<void> {
  return done(
    'user' in holder
      ? api.DELETE('/rbac/permissions/users/{id}/', { params: { path: { id } } })
      : api.DELETE('/rbac/permissions/roles/{id}/', { params: { path: { id } } }),
  );
}
