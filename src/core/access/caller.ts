import { codename, everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import type { UserType } from '../users/user.entity.js';

/** Keys of the users whose details may be shown; null for every user. */
export type KnownUsers = readonly number[] | null;

/** Who makes a request, and what they may do. */
export class Caller {
  constructor(
    readonly pk: number,
    readonly username: string,
    readonly email: string,
    readonly type: UserType,
    readonly isSuperuser: boolean,
    /** Permissions by codename, each with the keys of the objects that it is for; an empty key is every object. */
    private readonly grants: ReadonlyMap<string, ReadonlySet<string>>,
    /** What flows, stages and bindings were when the caller was looked up (the view `current_revision`). */
    readonly revision: string,
    /** Hash of the key of the session that they signed in to; undefined if they call with a token. */
    readonly session?: Buffer,
    /** Key of the API token that they call with; undefined if they are signed in. */
    readonly token?: string,
  ) {}

  /** Who it is, for a record of what they did. */
  get identity(): { pk: number; username: string; email: string } {
    return { pk: this.pk, username: this.username, email: this.email };
  }

  /** Whether the caller has this permission on every object. */
  mayEverywhere(permission: string): boolean {
    return this.isSuperuser || (this.grants.get(permission)?.has('') ?? false);
  }

  /** Whether the caller has this permission on every object or on the one with this key. */
  mayOn(permission: string, key: string): boolean {
    return this.mayEverywhere(permission) || (this.grants.get(permission)?.has(key) ?? false);
  }

  /** The objects on which the caller has this permission. */
  visible(permission: string): VisibleRows {
    if (this.mayEverywhere(permission)) return everyRow;
    return { kind: 'keys', keys: [...(this.grants.get(permission) ?? [])] };
  }

  /** The objects of a model (`<app>.<model>`) that the caller may view. */
  viewable(model: string): VisibleRows {
    return this.visible(codename(model, 'view'));
  }

  /**
   * The objects of a model (`<app>.<model>`) whose keys may be shown to the caller, where the key is a secret: of those
   * that they may view, the ones that they created or may change or delete.
   */
  visibleSecrets(model: string): VisibleRows {
    const viewable = this.viewable(model);
    const controlled = ['change', 'delete'].map((action) => this.visible(codename(model, action)));
    if (controlled.some(({ kind }) => kind === 'all')) return viewable;
    const keys = controlled.flatMap((rows) => (rows.kind === 'keys' ? rows.keys : []));
    return { kind: 'createdOr', creator: this.pk, keys, among: viewable };
  }

  /** Keys of the users whose details may be shown to the caller, always with their own; null for every user. */
  get knownUsers(): KnownUsers {
    const viewable = this.viewable('authentik_core.user');
    return viewable.kind === 'keys' ? [this.pk, ...viewable.keys.map(Number)] : null;
  }

  /** Codenames of what the caller may do everywhere, without the application's name, sorted. */
  systemPermissions(): string[] {
    const everywhere = [...this.grants].filter(([, keys]) => keys.has('')).map(([permission]) => permission);
    return everywhere.map((permission) => permission.slice(permission.indexOf('.') + 1)).sort();
  }
}
