/** A permission: on every object (`objectKey` empty) or on one. */
export interface Permission {
  /** `<app>.<action>_<model>` */
  readonly codename: string;
  readonly objectKey: string;
}

/** What counts of an account itself. Fingerprints are compared and never shown. */
interface AccountState {
  readonly isActive: boolean;
  /** Fingerprint of what its owner signs in with: user name, address, `upn`, password. */
  readonly signIn: string;
  /** Fingerprint of the whole account. */
  readonly whole: string;
}

/**
 * What a user, a group, a role or a stage has, and hands on to others. Everything is listed by the path on which it
 * arrives, so that a second path to the same permission counts as another grant: it outlives the first one.
 */
export interface Standing {
  readonly kind: 'user' | 'group' | 'role' | 'stage';
  /** The groups that a user is a direct member of, that a group stands directly below, that a stage puts users into. */
  readonly groups: readonly string[];
  /** The paths that make the user, the members of the group or the users of the stage superusers. */
  readonly superuserBy: readonly string[];
  readonly permissions: ReadonlyMap<string, Permission>;
  /** Only for a user. */
  readonly account?: AccountState;
}
