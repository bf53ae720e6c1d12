import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Housekeeping } from './housekeeping.js';

/** Deletes revisions before the latest: they are never read. */
@Injectable()
export class OldRevisions {
  constructor(
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old revisions', () => this.purge());
  }

  /** @returns how many rows were deleted */
  private async purge(): Promise<number> {
    const [, deleted] = await this.dataSource.query<[unknown[], number]>(
      `delete from "revision" where xid in (
         select xid from "revision" where xid is distinct from (select "latest_revision"()) limit 10000)`,
    );
    return deleted;
  }
}
