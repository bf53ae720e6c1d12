import { eventMatcherPolicyKind } from './event-matcher/event-matcher-policy.kind.js';
import { expressionPolicyKind } from './expression/expression-policy.kind.js';
import { passwordPolicyKind } from './password/password-policy.kind.js';

/** Names of a kind of policy in the API. */
export interface PolicyKind {
  readonly model: string;
  readonly component: string;
  readonly verboseName: string;
  readonly verboseNamePlural: string;
  readonly description: string;
}

/** The kinds of policies by discriminator, in the order of their names. */
export const policyKinds: Readonly<Record<'event_matcher' | 'expression' | 'password', PolicyKind>> = {
  event_matcher: eventMatcherPolicyKind,
  expression: expressionPolicyKind,
  password: passwordPolicyKind,
};
