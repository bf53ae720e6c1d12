import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the next guess is allowed, for limits that slow down before they refuse. */
export class GuessLimits1795880700000 implements MigrationInterface {
  name = 'GuessLimits1795880700000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "request_limit"
            ADD "not_before" TIMESTAMP WITH TIME ZONE
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "request_limit" DROP COLUMN "not_before"
        `);
  }
}
