/** Names of the first account and its group. They equal those of the reference, so that blueprints can refer to them. */
export const administrator = 'akadmin';
export const administratorName = 'authentik Default Admin';
export const administrators = 'authentik Admins';
