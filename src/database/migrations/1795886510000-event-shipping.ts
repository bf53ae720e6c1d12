import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which events were shipped, and which process ships them. The new index takes the place of one that is not used any longer. */
export class EventShipping1795886510000 implements MigrationInterface {
  name = 'EventShipping1795886510000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "event" ADD "shipped" timestamptz`);
    await queryRunner.query(`DROP INDEX "ix_event_expires"`);
    await queryRunner.query(
      `CREATE INDEX "ix_event_waiting" ON "event" ("created", "event_uuid") WHERE "shipped" IS NULL`,
    );
    await queryRunner.query(`
            CREATE TABLE "event_shipping" (
                "only_row" boolean NOT NULL DEFAULT true,
                "not_before" timestamptz NOT NULL DEFAULT now(),
                "failures" integer NOT NULL DEFAULT 0,
                CONSTRAINT "pk_event_shipping" PRIMARY KEY ("only_row"),
                CONSTRAINT "ck_event_shipping_only_row" CHECK ("only_row")
            )
        `);
    await queryRunner.query(`INSERT INTO "event_shipping" DEFAULT VALUES`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "event_shipping"`);
    await queryRunner.query(`DROP INDEX "ix_event_waiting"`);
    await queryRunner.query(`CREATE INDEX "ix_event_expires" ON "event" ("expires")`);
    await queryRunner.query(`ALTER TABLE "event" DROP COLUMN "shipped"`);
  }
}
