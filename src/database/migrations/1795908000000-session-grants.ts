import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deletes the permissions on a session with it, as for other objects. */
export class SessionGrants1795908000000 implements MigrationInterface {
  name = 'SessionGrants1795908000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TRIGGER "tr_session_forget_grants" AFTER DELETE ON "session"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('session_uuid')
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "tr_session_forget_grants" ON "session"`);
  }
}
