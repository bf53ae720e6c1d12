import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many sessions one statement names. */
const batchSize = 2000;

/**
 * Names the sessions that existed before `SessionDetails`, in batches that each lock only their rows. A process that dies
 * leaves the others for the next start.
 */
export class SessionNames1795907000000 implements MigrationInterface {
  name = 'SessionNames1795907000000';

  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    let last: Buffer | undefined = Buffer.alloc(0);
    while (last !== undefined) {
      const rows = (await queryRunner.query(
        `WITH "batch" AS (
           SELECT "key_hash" FROM "session" WHERE "key_hash" > $1 ORDER BY "key_hash" LIMIT ${batchSize}
         ), "named" AS (
           UPDATE "session" s SET "session_uuid" = gen_random_uuid() FROM "batch"
            WHERE s."key_hash" = "batch"."key_hash" AND s."session_uuid" IS NULL
         )
         SELECT "key_hash" AS "key" FROM "batch" ORDER BY "key_hash" DESC LIMIT 1`,
        [last],
      )) as { key: Buffer }[];
      last = rows[0]?.key;
    }
  }

  /** Does nothing: the names go with the column, in `SessionDetails`. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
