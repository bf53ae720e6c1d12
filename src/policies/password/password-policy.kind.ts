/** Names of password policies in the API. */
export const passwordPolicyKind = {
  model: 'authentik_policies_password.passwordpolicy',
  component: 'ak-policy-password-form',
  verboseName: 'Password Policy',
  verboseNamePlural: 'Password Policies',
  description: 'Enforces length, characters and strength of new passwords.',
} as const;
