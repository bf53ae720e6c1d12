import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whether a password stage accepts a fresh session in place of the password. The default is for stages that the release
 * before creates meanwhile.
 */
export class FreshSessions1795901300000 implements MigrationInterface {
  name = 'FreshSessions1795901300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "stage" ADD "accept_fresh_session" boolean DEFAULT false`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "stage" DROP COLUMN "accept_fresh_session"`);
  }
}
