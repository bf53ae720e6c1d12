import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds a session by its name. The index is not built concurrently: that would wait for other starting processes, which wait
 * for this migration.
 */
export class SessionNameIndex1795907100000 implements MigrationInterface {
  name = 'SessionNameIndex1795907100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE UNIQUE INDEX IF NOT EXISTS "uq_session_uuid" ON "session" ("session_uuid")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "uq_session_uuid"`);
  }
}
