import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Housekeeping } from './housekeeping.js';

/** Has the revisions deleted that are not the latest: nothing asks for them. */
@Injectable()
export class OldRevisions {
  constructor(
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old revisions', () => this.purge());
  }

  /** @returns how many were deleted */
  private async purge(): Promise<number> {
    const [, deleted] = await this.dataSource.query<[unknown[], number]>(
      `delete from "revision" where xid in (
         select xid from "revision" where xid is distinct from (select "latest_revision"()) limit 10000)`,
    );
    return deleted;
  }
}
