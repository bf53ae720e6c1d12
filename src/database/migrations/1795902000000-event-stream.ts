import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The stream of events: who reads it has events stored that no webhook endpoint wants, and `position` is their order in it.
 * Events of before have the position 0: they are not part of it.
 */
export class EventStream1795902000000 implements MigrationInterface {
  name = 'EventStream1795902000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "event_stream" (
        "only_row" boolean NOT NULL DEFAULT true,
        "kept_since" timestamptz NOT NULL DEFAULT now(),
        "kept_until" timestamptz NOT NULL DEFAULT '-infinity',
        "last_position" bigint NOT NULL DEFAULT 0,
        "settled" boolean NOT NULL DEFAULT false,
        CONSTRAINT "pk_event_stream" PRIMARY KEY ("only_row"),
        CONSTRAINT "ck_event_stream_only_row" CHECK ("only_row")
      )
    `);
    await queryRunner.query(`INSERT INTO "event_stream" DEFAULT VALUES`);
    await queryRunner.query(`ALTER TABLE "outgoing_event" ADD "position" bigint DEFAULT 0`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX "ix_outgoing_event_position" ON "outgoing_event" ("position") WHERE position > 0`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_outgoing_event_unplaced" ON "outgoing_event" ("sequence") WHERE position IS NULL`,
    );
    await queryRunner.query(
      emitEvent(
        `("event_uuid", "type", "subject", "data", "position")
          SELECT gen_random_uuid(), "emit_event"."type", "emit_event"."subject", "emit_event"."data",
                 CASE WHEN "stream"."kept_until" > now() THEN NULL ELSE 0 END
            FROM "event_stream" AS "stream"
           WHERE "stream"."kept_until" > now() OR EXISTS (SELECT FROM "wanted")`,
      ),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      emitEvent(
        `("event_uuid", "type", "subject", "data")
          SELECT gen_random_uuid(), "emit_event"."type", "emit_event"."subject", "emit_event"."data"
           WHERE EXISTS (SELECT FROM "wanted")`,
      ),
    );
    await queryRunner.query(`ALTER TABLE "outgoing_event" DROP COLUMN "position"`);
    await queryRunner.query(`DROP TABLE "event_stream"`);
  }
}

/** Returns the definition of `emit_event`. @param insert columns and values of the event */
function emitEvent(insert: string): string {
  return `
    CREATE OR REPLACE FUNCTION "emit_event"("type" text, "subject" text, "data" jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        WITH "wanted" AS MATERIALIZED (
          SELECT e."endpoint_uuid" FROM "webhook_endpoint" e
           WHERE e."enabled" AND (
             e."event_types" = '{}'
             OR EXISTS (SELECT FROM unnest(e."event_types") AS "pattern"
                         WHERE "emit_event"."type" LIKE replace(replace("pattern", '_', '\\_'), '*', '%'))
           )
             -- Waits for the deletion of an endpoint, whose foreign key would fail the change.
             FOR KEY SHARE
        ), "event" AS (
          INSERT INTO "outgoing_event" ${insert}
          RETURNING "event_uuid"
        )
        INSERT INTO "webhook_delivery" ("delivery_uuid", "event_uuid", "endpoint_uuid")
        SELECT gen_random_uuid(), "event"."event_uuid", "wanted"."endpoint_uuid" FROM "event", "wanted";
      END $$`;
}
