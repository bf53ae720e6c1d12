import { Injectable } from '@nestjs/common';

/**
 * SQL of a query for what the links and codes of mails have proved, with the columns `key` (uuid: the one in the key of the
 * link or code in the data of the mail), `flow` (uuid, or null) and `proved` (timestamptz; null: not yet).
 */
export type MailProofQuery = string;

/** Registry of the tables that hold what links and codes have proved. */
@Injectable()
export class MailProofs {
  private readonly queries: MailProofQuery[] = [];

  register(query: MailProofQuery): void {
    this.queries.push(query);
  }

  /** Returns SQL of the query for all proofs. */
  all(): MailProofQuery {
    const none = 'select null::uuid as key, null::uuid as flow, null::timestamptz as proved where false';
    return [none, ...this.queries].join(' union all ');
  }
}
