import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Event matcher policies: a criterion is a column, and null matches every event. */
export class EventMatchers1795911000000 implements MigrationInterface {
  name = 'EventMatchers1795911000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "policy" ADD "action" text, ADD "app" text, ADD "model" text, ADD "client_ip" text`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM "policy" WHERE "kind" = 'event_matcher'`);
    await queryRunner.query(
      `ALTER TABLE "policy" DROP COLUMN "action", DROP COLUMN "app", DROP COLUMN "model", DROP COLUMN "client_ip"`,
    );
  }
}
