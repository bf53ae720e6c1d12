/** Names of expression policies in the API. */
export const expressionPolicyKind = {
  model: 'authentik_policies_expression.expressionpolicy',
  component: 'ak-policy-expression-form',
  verboseName: 'Expression Policy',
  verboseNamePlural: 'Expression Policies',
  description: 'Stores a Python expression of authentik. It is not run: what it is bound to is denied.',
} as const;
