import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Ends what was handed out for a user: open links, codes, and mails with them that were not sent yet. */
type Ending = (manager: EntityManager, user: number) => Promise<void>;

/** What happened to an account that its owner should know. */
export type AccountChange = {
  /** Key of the user. */
  readonly user: number;
  /** Languages of the request, BCP 47, best first; the user's own comes before them. */
  readonly locales: readonly string[];
} & (
  | { readonly kind: 'password' }
  | { readonly kind: 'address'; readonly from: string }
  | { readonly kind: 'token'; readonly identifier: string }
  /** A mailed link was confirmed in another browser than the one that asked for it. */
  | { readonly kind: 'link' }
);

type Listener = (manager: EntityManager, change: AccountChange) => Promise<void>;

/** What depends on credentials and lives on a higher floor: each part registers itself. */
@Injectable()
export class AccountChanges {
  private readonly endings: Ending[] = [];
  private readonly listeners: Listener[] = [];

  /** Adds something that ends with a password or an address. It must be safe to repeat. */
  registerEnding(ending: Ending): void {
    this.endings.push(ending);
  }

  /** Ends everything that was registered, in the caller's transaction. */
  async end(manager: EntityManager, user: number): Promise<void> {
    for (const ending of this.endings) await ending(manager, user);
  }

  /** Adds something that is done about changes, in the transaction that makes them. */
  register(listener: Listener): void {
    this.listeners.push(listener);
  }

  async announce(manager: EntityManager, change: AccountChange): Promise<void> {
    for (const listener of this.listeners) await listener(manager, change);
  }
}
