import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the accounts that wait for confirmation, the oldest first. */
export class UnconfirmedUsers1795640500000 implements MigrationInterface {
  name = 'UnconfirmedUsers1795640500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE INDEX "ix_user_awaits_confirmation" ON "user" ("password_change_date")
            WHERE "awaits_confirmation"
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP INDEX "public"."ix_user_awaits_confirmation"
        `);
  }
}
