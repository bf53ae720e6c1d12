import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the user of a session has signed in; a session that a flow renews without a proof keeps the time. */
export class SessionSignIn1795901100000 implements MigrationInterface {
  name = 'SessionSignIn1795901100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "session" ADD "authenticated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()`,
    );
    await queryRunner.query(`UPDATE "session" SET "authenticated" = "created"`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "session" DROP COLUMN "authenticated"`);
  }
}
