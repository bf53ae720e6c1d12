import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables behind the API’s stages, flows and bindings. */
const tables = ['flow', 'flow_stage_binding', 'prompt', 'prompt_stage_field', 'stage'];

/**
 * The current version of flows, stages and bindings: statements that read the same version see the same rows. It is
 * derived from the latest transaction that changed one. Transactions do not end in the order in which they began:
 * while an older one is open, the version is that of the statement's whole snapshot, and never shared. So no writer
 * waits for another one, as they would for a counter. A transaction that changes these tables itself must not cache
 * anything under the version that it reads: no other transaction sees its rows.
 */
export class Revision1795643000000 implements MigrationInterface {
  name = 'Revision1795643000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "revision" (
                "xid" xid8 NOT NULL,
                CONSTRAINT "pk_revision" PRIMARY KEY ("xid")
            )
        `);
    // By index even when PostgreSQL takes the table for a small one: it grows with every change, until it is cleaned up.
    // Transactions that this server has not come to yet are those of another one, whose dump was restored here.
    await queryRunner.query(`
            CREATE FUNCTION "latest_revision"() RETURNS xid8 LANGUAGE plpgsql STABLE
            SET enable_seqscan TO off SET search_path FROM CURRENT AS $$
            BEGIN
                RETURN (
                    SELECT "xid" FROM "revision"
                    WHERE "xid" < pg_snapshot_xmax(pg_current_snapshot())
                    ORDER BY "xid" DESC LIMIT 1
                );
            END $$
        `);
    // The server's start: another server, or this one restored, counts its transactions from the start.
    await queryRunner.query(`
            CREATE VIEW "current_revision" AS
            SELECT concat_ws(
                '-',
                extract(epoch from pg_postmaster_start_time()),
                "latest"."xid",
                CASE WHEN "latest"."xid" >= pg_snapshot_xmin(pg_current_snapshot()) THEN pg_current_snapshot() END
            ) AS "revision"
            FROM (SELECT "latest_revision"() AS "xid" OFFSET 0) "latest"
        `);
    await queryRunner.query(`
            CREATE FUNCTION "record_revision"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                INSERT INTO "revision" ("xid") VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
                RETURN NULL;
            END $$
        `);
    for (const table of tables) {
      await queryRunner.query(`
            CREATE TRIGGER "tr_${table}_record_revision" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "${table}"
            FOR EACH STATEMENT EXECUTE FUNCTION "record_revision"()
        `);
      // Also for what replication or a restore writes.
      await queryRunner.query(`
            ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "tr_${table}_record_revision"
        `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables) {
      await queryRunner.query(`
            DROP TRIGGER "tr_${table}_record_revision" ON "${table}"
        `);
    }
    await queryRunner.query(`
            DROP FUNCTION "record_revision"()
        `);
    await queryRunner.query(`
            DROP VIEW "current_revision"
        `);
    await queryRunner.query(`
            DROP FUNCTION "latest_revision"()
        `);
    await queryRunner.query(`
            DROP TABLE "revision"
        `);
  }
}
