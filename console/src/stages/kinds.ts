import type { Schema } from '../api/client';
import type { RequestName } from '../parts/form/requests';
import type { Permission } from '../session';

/** A kind of stage, as the API names its routes, its requests and its permissions. */
export interface StageKind {
  /** Name in addresses of the console: `user_login`. */
  readonly name: string;
  /** List of its stages. The types of all kinds are alike, as far as the console reads them. */
  readonly path: '/stages/dummy/';
  readonly request: RequestName;
  /** Model of its permissions. */
  readonly model: Schema<'ModelEnum'>;
  readonly permission: (action: 'add' | 'change' | 'delete' | 'view') => Permission;
}

/** Kinds whose routes are below those of their app. */
const nested = ['invitation', 'prompt'];

/** Returns the kind of a component, such as `ak-stage-user-login-form`: a new kind needs no change here. */
export function kindOf(component: string): StageKind {
  return kindNamed(
    component
      .replace(/^ak-stage-/, '')
      .replace(/-form$/, '')
      .replaceAll('-', '_'),
  );
}

/** Returns a kind by its name. */
export function kindNamed(name: string): StageKind {
  const model = `${name.replaceAll('_', '')}stage` as const;
  const schema = name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    name,
    path: `/stages/${name}/${nested.includes(name) ? 'stages/' : ''}` as '/stages/dummy/',
    request: `${schema}StageRequest` as RequestName,
    model: `authentik_stages_${name}.${model}` as Schema<'ModelEnum'>,
    permission: (action) => `${action}_${model}`,
  };
}
