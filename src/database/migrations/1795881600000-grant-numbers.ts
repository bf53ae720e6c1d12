import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Numbers of permission grants: clients of authentik read ids of grants as integers. */
export class GrantNumbers1795881600000 implements MigrationInterface {
  name = 'GrantNumbers1795881600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "permission_grant"
            ADD "number" SERIAL NOT NULL,
            ADD CONSTRAINT "uq_permission_grant_number" UNIQUE ("number")
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "permission_grant" DROP COLUMN "number"
        `);
  }
}
