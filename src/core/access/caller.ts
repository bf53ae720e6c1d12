import { codename, everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import type { UserType } from '../users/user.entity.js';

/** Keys of the users whose details may be shown; null for every user. */
export type KnownUsers = readonly number[] | null;

/** The authenticated user of a request, with their permissions. */
export class Caller {
  constructor(
    readonly pk: number,
    readonly username: string,
    readonly email: string,
    readonly type: UserType,
    readonly isSuperuser: boolean,
    /** Object keys by permission codename; an empty key grants the permission on every object. */
    private readonly grants: ReadonlyMap<string, ReadonlySet<string>>,
    /** Revision of flows, stages and bindings when the caller was read (view `current_revision`). */
    readonly revision: string,
    /** Key hash of the session; undefined for a request with a token. */
    readonly session?: Buffer,
    /** Primary key of the API token; undefined for a request with a session. */
    readonly token?: string,
  ) {}

  /** Identity for the audit log. */
  get identity(): { pk: number; username: string; email: string } {
    return { pk: this.pk, username: this.username, email: this.email };
  }

  /** Whether the caller has this permission on every object. */
  mayEverywhere(permission: string): boolean {
    return this.isSuperuser || (this.grants.get(permission)?.has('') ?? false);
  }

  /** Whether the caller has this permission on the object with this key. */
  mayOn(permission: string, key: string): boolean {
    return this.mayEverywhere(permission) || (this.grants.get(permission)?.has(key) ?? false);
  }

  /** Returns the objects on which the caller has this permission. */
  visible(permission: string): VisibleRows {
    if (this.mayEverywhere(permission)) return everyRow;
    return { kind: 'keys', keys: [...(this.grants.get(permission) ?? [])] };
  }

  /** Returns the objects of a model (`<app>.<model>`) that the caller may view. */
  viewable(model: string): VisibleRows {
    return this.visible(codename(model, 'view'));
  }

  /**
   * Returns the objects of a model (`<app>.<model>`) whose keys are secret and may be shown to the caller: viewable
   * objects that they created or may change or delete.
   */
  visibleSecrets(model: string): VisibleRows {
    const viewable = this.viewable(model);
    const controlled = ['change', 'delete'].map((action) => this.visible(codename(model, action)));
    if (controlled.some(({ kind }) => kind === 'all')) return viewable;
    const keys = controlled.flatMap((rows) => (rows.kind === 'keys' ? rows.keys : []));
    return { kind: 'createdOr', creator: this.pk, keys, among: viewable };
  }

  /** Keys of the users whose details may be shown to the caller, including their own; null for all users. */
  get knownUsers(): KnownUsers {
    const viewable = this.viewable('authentik_core.user');
    return viewable.kind === 'keys' ? [this.pk, ...viewable.keys.map(Number)] : null;
  }

  /** Returns the sorted codenames of permissions on every object, without the application name. */
  systemPermissions(): string[] {
    const everywhere = [...this.grants].filter(([, keys]) => keys.has('')).map(([permission]) => permission);
    return everywhere.map((permission) => permission.slice(permission.indexOf('.') + 1)).sort();
  }
}
