/** Texts about permissions on an object in English. */
export const access = {
  'access.title': 'Who may view or change it',
  'access.superuser': 'Superuser: may do everything',
  'access.role': 'Role: the members of its groups',
  'access.here': '{action}: this one',
  'access.everywhere': '{action}: all',
  'access.giveTitle': 'Permissions on {name}',
  'access.who': 'User or role',
  'access.what': 'Permissions',
} as const satisfies Record<string, string>;
