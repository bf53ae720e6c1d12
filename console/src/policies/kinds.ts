import type { Schema } from '../api/client';
import type { RequestName } from '../parts/form/requests';
import type { Permission } from '../session';

/** A kind of policy, as the API names its routes, its requests and its permissions. */
export interface PolicyKind {
  /** Name in addresses of the console: `event_matcher`. */
  readonly name: string;
  /** List of its policies. The types of all kinds are alike, as far as the console reads them. */
  readonly path: '/policies/password/';
  readonly request: RequestName;
  /** Model of its permissions. */
  readonly model: Schema<'ModelEnum'>;
  readonly permission: (action: 'add' | 'change' | 'delete' | 'view') => Permission;
}

/** Returns the kind of a component, such as `ak-policy-password-form`: a new kind needs no change here. */
export function policyKindOf(component: string): PolicyKind {
  return policyKindNamed(
    component
      .replace(/^ak-policy-/, '')
      .replace(/-form$/, '')
      .replaceAll('-', '_'),
  );
}

/** Returns a kind by its name. */
export function policyKindNamed(name: string): PolicyKind {
  const model = `${name.replaceAll('_', '')}policy` as const;
  const schema = name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    name,
    path: `/policies/${name}/` as '/policies/password/',
    request: `${schema}PolicyRequest` as RequestName,
    model: `authentik_policies_${name}.${model}` as Schema<'ModelEnum'>,
    permission: (action) => `${action}_${model}`,
  };
}

/** Returns the name of a kind without the word that all of them end with. */
export function shortPolicyKind(name: string): string {
  return name.replace(/ Policy$/, '');
}
