/** The attribute of a user that says whether the tokens they make for themselves expire; true if it is not there. */
export const tokenExpiringAttribute = 'goauthentik.io/user/token-expires';
