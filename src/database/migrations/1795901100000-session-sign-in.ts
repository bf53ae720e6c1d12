import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the user of a session has signed in; a session that a flow renews without a proof keeps the time. That of existing
 * sessions counts as long ago, which writes no row while the table is locked.
 */
export class SessionSignIn1795901100000 implements MigrationInterface {
  name = 'SessionSignIn1795901100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "session" ADD "authenticated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT 'epoch'`,
    );
    await queryRunner.query(`ALTER TABLE "session" ALTER "authenticated" SET DEFAULT now()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "session" DROP COLUMN "authenticated"`);
  }
}
