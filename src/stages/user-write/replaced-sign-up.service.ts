import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { releaseUsername, type WantedNames } from '../../core/users/names/reserved-usernames.js';
import { findUnconfirmed } from '../../core/users/names/unconfirmed-account.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import type { HeldSignUp } from '../prompt/held-sign-up.js';

/** Ends a sign-up whose names are corrected. */
@Injectable()
export class ReplacedSignUp {
  constructor(private readonly tokens: FlowTokens) {}

  /**
   * Ends the links of the sign-up and frees its names, unless it has the corrected names already. Its account is deleted
   * only while it waits for confirmation and none of its links was used. Runs the same statements if there is no account.
   *
   * @returns false if the address was confirmed in the meantime: nothing may be replaced
   */
  async end(manager: EntityManager, { user = 0, names }: HeldSignUp, corrected: WantedNames): Promise<boolean> {
    const unchanged = await findUnconfirmed(manager, corrected.username, corrected.email);
    const replaced = unchanged?.pk === user ? 0 : user;
    // Before the account, in the order in which a used link locks them.
    await this.tokens.supersedeAll(manager, replaced);
    await manager.query(
      `delete from "user" u where u.id = $1 and u.awaits_confirmation and not u.is_active
          and not exists (select from "flow_token" t where t.user_id = u.id and t.spent is not null)`,
      [replaced],
    );
    const [kept] = await manager.query<unknown[]>('select from "user" where id = $1', [replaced]);
    await releaseUsername(manager, names ?? { username: '', email: '' });
    return kept === undefined;
  }
}
