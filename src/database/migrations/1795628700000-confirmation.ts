import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users who signed up and have not confirmed their address yet. */
export class Confirmation1795628700000 implements MigrationInterface {
  name = 'Confirmation1795628700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "user"
            ADD "awaits_confirmation" boolean NOT NULL DEFAULT false
        `);
    await queryRunner.query(`
            ALTER TABLE "user"
            ADD CONSTRAINT "ck_user_awaits_confirmation" CHECK (NOT ("is_active" AND "awaits_confirmation"))
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "user" DROP CONSTRAINT "ck_user_awaits_confirmation"
        `);
    await queryRunner.query(`
            ALTER TABLE "user" DROP COLUMN "awaits_confirmation"
        `);
  }
}
