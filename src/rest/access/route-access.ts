import type { EntityTarget, ObjectLiteral } from 'typeorm';

/** How a detail route finds its row. */
export interface Lookup {
  readonly entity: () => EntityTarget<ObjectLiteral>;
  /** The path parameter, and the property of the entity. */
  readonly parameter: string;
  readonly property: string;
  readonly format: 'uuid' | 'integer' | 'text';
  /** Documentation of the path parameter. */
  readonly description?: string;
}

/** Who may call a route. Permissions are codenames, `<app>.<action>_<model>` (management API, section 8.2). */
export interface RouteAccess {
  /**
   * `public`: everyone. `authenticated`: any known user, with the other properties. `visitor`: everyone, without looking up
   * the caller; the route works with the visitor's session.
   */
  readonly level: 'public' | 'visitor' | 'authenticated';
  /** Restricts the caller to rows on which they have this permission. */
  readonly view?: string;
  /**
   * Restricts callers other than superusers to rows that they own, by this property. With `view`: to those and the rows on
   * which they have that permission; an owner needs no permission for the row.
   */
  readonly owner?: string;
  /**
   * The key of a row is a secret: restricts the caller to rows that they created, by this property, or may change or
   * delete.
   */
  readonly creator?: string;
  /** Permissions required globally. */
  readonly everywhere?: readonly string[];
  /** Permissions required globally or on the row of the path. */
  readonly onRow?: readonly string[];
  /** Callers need no permission for their own account. The row of the path is a user. */
  readonly self?: boolean;
  /** The row of the path. */
  readonly lookup?: Lookup;
  /** Looks up the row before the body is parsed, so that an unknown row is 404 for any body. */
  readonly lookupFirst?: boolean;
  /** The model that codenames are derived from. */
  readonly model?: string;
}

/** Visibility scope: the rows that a caller may access. */
export type VisibleRows =
  | { readonly kind: 'all' }
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'owned'; readonly owner: number }
  | {
      readonly kind: 'createdOr';
      readonly creator: number;
      readonly keys: readonly string[];
      readonly among: VisibleRows;
    };

export const everyRow: VisibleRows = { kind: 'all' };

/** The codename of an action on a model, such as `authentik_flows.view_flow`. */
export function codename(model: string, action: string): string {
  return model.replace('.', `.${action}_`);
}
