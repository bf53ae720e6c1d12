import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Ends what was handed out for a user: open links, codes, and mails with them that were not sent yet. */
type Ending = (manager: EntityManager, user: number) => Promise<void>;

/** What depends on credentials and lives on a higher floor: each part registers itself. */
@Injectable()
export class AccountChanges {
  private readonly endings: Ending[] = [];

  /** Adds something that ends with a password or an address. It must be safe to repeat. */
  registerEnding(ending: Ending): void {
    this.endings.push(ending);
  }

  /** Ends everything that was registered, in the caller's transaction. */
  async end(manager: EntityManager, user: number): Promise<void> {
    for (const ending of this.endings) await ending(manager, user);
  }
}
