import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names new sessions for the API, and records who uses them. `SessionNames` names existing ones: a default that differs for
 * each row would write the whole table while it is locked.
 */
export class SessionDetails1795905000000 implements MigrationInterface {
  name = 'SessionDetails1795905000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "session"
        ADD "session_uuid" uuid,
        ADD "last_ip" text NOT NULL DEFAULT '',
        ADD "last_user_agent" text NOT NULL DEFAULT '',
        ADD "last_used" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
    `);
    await queryRunner.query(`ALTER TABLE "session" ALTER "session_uuid" SET DEFAULT gen_random_uuid()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "session"
        DROP "last_used", DROP "last_user_agent", DROP "last_ip", DROP "session_uuid"
    `);
  }
}
