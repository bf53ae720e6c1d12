import { useSuspenseQuery } from '@tanstack/react-query';

import type { Schema } from './api/client';
import { meQuery } from './api/queries';

/** What the console asks permissions for, as `system_permissions` has it. */
export type Permission =
  | `${'add' | 'change' | 'delete' | 'view'}_${'flow' | 'flowstagebinding' | 'policybinding'}`
  | `${'add' | 'change' | 'delete' | 'view'}_${string}stage`
  | `${'add' | 'change' | 'delete' | 'view'}_${string}policy`
  // No permission of the API: superusers only.
  | 'superuser'
  | 'add_suppression'
  | 'add_maildomain'
  | `${'add' | 'change' | 'delete' | 'view'}_${'blueprintinstance' | 'group' | 'invitation' | 'notificationrule' | 'notificationtransport' | 'role' | 'user' | 'webhookendpoint'}`
  | `${'add_user_to' | 'remove_user_from'}_group`
  | `${'assign' | 'unassign'}_${'role' | 'user'}_permissions`
  | `${'change' | 'view'}_webhookdelivery`
  | `${'delete' | 'view'}_authenticatedsession`
  | `${'set' | 'view'}_token_key`
  | 'change_maildomain'
  | 'change_mailmessage'
  | 'change_mailtemplate'
  | 'change_namedtransport'
  | 'delete_mailtemplate'
  | 'delete_suppression'
  | 'delete_maildomain'
  | 'delete_namedtransport'
  | 'export_flow'
  | 'inspect_flow'
  | 'reset_user_password'
  | 'view_event'
  | 'view_maildomain'
  | 'view_mailmessage'
  | 'view_mailtemplate'
  | 'view_namedtransport'
  | 'view_suppression';

/** The signed-in user. */
export interface Session {
  readonly user: Schema<'UserSelf'>;
  /** Whether the user has a permission on every object. */
  readonly can: (permission: Permission) => boolean;
}

/** Returns the session. The shell is not drawn without one. */
export function useSession(): Session {
  const { user } = useSuspenseQuery(meQuery).data;
  return { user, can: (permission) => user.is_superuser || user.system_permissions.includes(permission) };
}

/** Leads to the sign-in flow, and from there back to this page. */
export function signIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.replace(`/flows/-/default/authentication/?${new URLSearchParams({ next: here }).toString()}`);
}
