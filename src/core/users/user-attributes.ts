/** User attribute: whether tokens that the user creates expire; true by default. */
export const tokenExpiringAttribute = 'goauthentik.io/user/token-expires';
