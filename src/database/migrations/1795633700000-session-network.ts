import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions that can be used from one network only. */
export class SessionNetwork1795633700000 implements MigrationInterface {
  name = 'SessionNetwork1795633700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "session"
            ADD "network" cidr
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "session" DROP COLUMN "network"
        `);
  }
}
