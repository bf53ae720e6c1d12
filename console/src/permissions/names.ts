import type { Schema } from '../api/client';
import { catalogHas, t, type TextKey } from '../texts/texts';

/** A permission, of which the names matter here. */
export type Named = Pick<Schema<'Permission'>, 'app_label' | 'codename' | 'model' | 'model_verbose' | 'name'>;

const usual = ['view', 'add', 'change', 'delete'];

/** Returns the name of what a permission is on, such as "Mails". */
export function resourceName({ model, model_verbose: verbose }: Named): string {
  return textOr(`model.${model}`, verbose);
}

/** Returns what a permission allows, such as "view". */
export function actionName({ codename, model, name }: Named): string {
  const verb = usual.find((each) => codename === `${each}_${model}`);
  return textOr(`permission.${verb ?? codename}`, name.replace(/^Can /, ''));
}

/** Permissions on one kind of object, in the order view, add, change, delete, others. */
export interface Resource<Permission> {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** Sorts permissions by what they are on. */
export function byResource<Permission extends Named>(permissions: readonly Permission[]): Resource<Permission>[] {
  const found = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const key = `${permission.app_label}.${permission.model}`;
    found.set(key, [...(found.get(key) ?? []), permission]);
  }
  return [...found.values()]
    .map((group) => ({ name: group[0] === undefined ? '' : resourceName(group[0]), permissions: group.sort(byAction) }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function byAction(one: Named, other: Named): number {
  return rank(one) - rank(other) || one.codename.localeCompare(other.codename);
}

function rank({ codename, model }: Named): number {
  const place = usual.findIndex((verb) => codename === `${verb}_${model}`);
  return place === -1 ? usual.length : place;
}

function textOr(key: string, fallback: string): string {
  return catalogHas(key) ? t(key as TextKey) : fallback;
}
