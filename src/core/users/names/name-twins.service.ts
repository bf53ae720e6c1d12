import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { nameKey } from './account-names.js';
import { skeletonOf } from './skeleton.js';

const batch = 1000;

/** Most pairs of twins that are logged one by one. */
const mostLogged = 20;

/** Brings accounts from before the rule for names under it. */
@Injectable()
export class NameTwins {
  private readonly logger = new Logger('Names');

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Computes the skeletons that are missing, in batches that each stand for themselves, and logs the accounts whose
   * names are taken for each other. These keep their names. Several processes may do so at once.
   */
  async run(): Promise<void> {
    let computed = 0;
    for (let last = batch; last > 0; computed += last) last = await this.computeSome();
    if (computed > 0) await this.report();
  }

  /** @returns how many */
  private computeSome(): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('set local statement_timeout = 0');
      const users = await manager.query<{ id: number; username: string }[]>(
        `select id, username from "user" where username_skeleton is null order by id limit ${batch} for no key update`,
      );
      await manager.query(
        `update "user" set username_skeleton = skeleton
           from unnest($1::int[], $2::text[]) as computed (id, skeleton) where "user".id = computed.id`,
        [users.map(({ id }) => id), users.map(({ username }) => skeletonOf(username))],
      );
      return users.length;
    });
  }

  private async report(): Promise<void> {
    const twins = await this.dataSource.transaction(async (manager) => {
      await manager.query('set local statement_timeout = 0');
      return manager.query<{ id: number; other: number; total: number }[]>(
        `select *, count(*) over ()::int as total from (
         select a.id, b.id as other from "user" a
           join "user" b on b.username_skeleton = a.username_skeleton and b.id > a.id
          union
         select least(a.id, b.id), greatest(a.id, b.id) from "user" a
           join "user" b on ${nameKey('b.email')} = ${nameKey('a.username')} and b.id <> a.id
       ) as twins order by id, other limit ${mostLogged}`,
      );
    });
    for (const { id, other } of twins) {
      this.logger.warn(`Users ${id} and ${other} have names that are taken for each other. Rename one of them.`);
    }
    const [first] = twins;
    const more = (first?.total ?? 0) - twins.length;
    if (more > 0) this.logger.warn(`${more} more pairs of users have names that are taken for each other.`);
  }
}
