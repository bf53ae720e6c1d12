/** How password policies are called on the wire. */
export const passwordPolicyKind = {
  model: 'authentik_policies_password.passwordpolicy',
  component: 'ak-policy-password-form',
  verboseName: 'Password Policy',
  verboseNamePlural: 'Password Policies',
  description: 'Says what a new password has to be like: its length, its characters, and how hard it is to guess.',
} as const;
