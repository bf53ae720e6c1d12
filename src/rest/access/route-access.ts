import type { EntityTarget, ObjectLiteral } from 'typeorm';

/** How the row is found that a detail route is about. */
export interface Lookup {
  readonly entity: () => EntityTarget<ObjectLiteral>;
  /** The path parameter, and the property of the entity that it names. */
  readonly parameter: string;
  readonly property: string;
  readonly format: 'uuid' | 'integer' | 'text';
  /** Documentation of the path parameter. */
  readonly description?: string;
}

/** What a route asks of its caller. Permissions are codenames, `<app>.<action>_<model>` (management API, section 8.2). */
export interface RouteAccess {
  /**
   * `public`: anybody. `authenticated`: any known user, and what the other properties say. `visitor`: anybody, and
   * nothing that names a caller is looked at; the route has to do with the visitor's session.
   */
  readonly level: 'public' | 'visitor' | 'authenticated';
  /** The caller deals only with rows on which they have this permission. */
  readonly view?: string;
  /** The caller deals only with rows that they own, by this property; superusers with every row. */
  readonly owner?: string;
  /** Permissions that the caller must have on every row there is. */
  readonly everywhere?: readonly string[];
  /** Permissions that the caller must have on every row there is, or on the row that the path names. */
  readonly onRow?: readonly string[];
  /** The row that the path names. */
  readonly lookup?: Lookup;
  /** The row is looked up before the body is read, so that an unknown one is 404 whatever the body. */
  readonly lookupFirst?: boolean;
  /** The base of the codenames that methods which are not there would ask for. */
  readonly model?: string;
}

/** The rows that a caller may deal with. */
export type VisibleRows =
  | { readonly kind: 'all' }
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'owned'; readonly owner: number };

export const everyRow: VisibleRows = { kind: 'all' };

/** The codename of an action on a model, such as `authentik_flows.view_flow`. */
export function codename(model: string, action: string): string {
  return model.replace('.', `.${action}_`);
}
