/** Identifier of the token of BOOTSTRAP_TOKEN, as in the reference; reserved for it. */
export const bootstrapToken = 'authentik-bootstrap-token';
