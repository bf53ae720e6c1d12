/** Names of the first account, its group and its token. The reference uses them too, so files that name them work here. */
export const administrator = 'akadmin';
export const administratorName = 'authentik Default Admin';
export const administrators = 'authentik Admins';
export const bootstrapToken = 'authentik-bootstrap-token';
