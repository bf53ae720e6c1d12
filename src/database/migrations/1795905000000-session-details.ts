import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Names sessions for the API, and records who uses them. */
export class SessionDetails1795905000000 implements MigrationInterface {
  name = 'SessionDetails1795905000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "session"
        ADD "session_uuid" uuid NOT NULL DEFAULT gen_random_uuid(),
        ADD "last_ip" text NOT NULL DEFAULT '',
        ADD "last_user_agent" text NOT NULL DEFAULT '',
        ADD "last_used" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
    `);
    await queryRunner.query(`CREATE UNIQUE INDEX "uq_session_uuid" ON "session" ("session_uuid")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "uq_session_uuid"`);
    await queryRunner.query(`
      ALTER TABLE "session"
        DROP "last_used", DROP "last_user_agent", DROP "last_ip", DROP "session_uuid"
    `);
  }
}
