import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Housekeeping } from '../database/housekeeping.js';

/** Days that a token is kept after its expiry, without its plan, so that old links get the right message. */
const retentionDays = 7;

/** Deletes the plans of expired flow tokens, and later the tokens. */
@Injectable()
export class FlowTokenCleanup {
  constructor(
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old links', () => this.purge());
    housekeeping.register('plans of expired links', () => this.purgePlans());
  }

  private async purgePlans(): Promise<number> {
    const emptied = await this.dataSource.query<[unknown[], number]>(
      `update "flow_token" set plan = '', answers = null where token_uuid in (
         select token_uuid from "flow_token" where expires < now() and plan <> '' limit 500
       )`,
    );
    return emptied[1];
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "flow_token" where token_uuid in (
         select token_uuid from "flow_token" where expires < now() - $1 * interval '1 day' limit 500
       )`,
      [retentionDays],
    );
    return deleted[1];
  }
}
