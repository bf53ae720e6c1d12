import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Housekeeping } from '../../database/housekeeping.js';

/**
 * Deletes accounts whose owners signed up and never came back, so that their names are free again. Only those that wait
 * for confirmation: one that an administrator has decided about is never deleted.
 */
@Injectable()
export class UnconfirmedUsers {
  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('accounts that were never confirmed', async () => {
      const { unconfirmedRetention: days } = settings;
      return days === 0 ? 0 : this.purge(days);
    });
  }

  /**
   * Deletes some of them. Who has not done anything since they signed up has their password since then; while a link
   * of theirs is valid, nobody is deleted.
   *
   * @returns how many
   */
  private async purge(days: number): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "user" where id in (
         select u.id from "user" u
          where u.awaits_confirmation and u.password_change_date < now() - $1 * interval '1 day'
            and not exists (select from "flow_token" t
                             where t.user_id = u.id and t.spent is null and t.superseded is null and t.expires > now())
          limit 500
       ) and awaits_confirmation`,
      [days],
    );
    return deleted[1];
  }
}
