import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Revokes open links and codes of a user, and unsent mails that contain them. */
type Ending = (manager: EntityManager, user: number) => Promise<void>;

/** A change of an account that its owner is notified of. */
export type AccountChange = {
  /** Key of the user. */
  readonly user: number;
  /** Languages of the request, BCP 47, in order of preference; the user's own setting takes precedence. */
  readonly locales: readonly string[];
} & (
  | { readonly kind: 'password' }
  /** `isKept`: the earlier address is still one of the account. */
  | { readonly kind: 'address'; readonly from: string; readonly isKept?: boolean }
  /** Another address than the primary one was proved or removed. */
  | { readonly kind: 'further_address'; readonly address: string; readonly isRemoved: boolean }
  | { readonly kind: 'token'; readonly identifier: string }
  /** A mailed link was confirmed in another browser than the one that asked for it. */
  | { readonly kind: 'link' }
);

type Listener = (manager: EntityManager, change: AccountChange) => Promise<void>;

/** Callbacks of higher floors for changes of credentials. */
@Injectable()
export class AccountChanges {
  private readonly endings: Ending[] = [];
  private readonly lockedEndings: Ending[] = [];
  private readonly listeners: Listener[] = [];

  /** Registers a callback that revokes access after a change of password or address. It must be idempotent. */
  registerEnding(ending: Ending): void {
    this.endings.push(ending);
  }

  /** As `registerEnding`, for a callback that runs only while the transaction has locked the user's row. */
  registerLockedEnding(ending: Ending): void {
    this.lockedEndings.push(ending);
  }

  /**
   * Runs the revocation callbacks in the caller's transaction.
   *
   * @param isLocked whether the transaction has locked the user's row
   */
  async end(manager: EntityManager, user: number, isLocked: boolean): Promise<void> {
    for (const ending of this.endings) await ending(manager, user);
    if (!isLocked) return;
    for (const ending of this.lockedEndings) await ending(manager, user);
  }

  /** Registers a listener for changes; it runs in the transaction of the change. */
  register(listener: Listener): void {
    this.listeners.push(listener);
  }

  async announce(manager: EntityManager, change: AccountChange): Promise<void> {
    for (const listener of this.listeners) await listener(manager, change);
  }
}
