import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stages of the kind `dummy`. */
export class DummyStage1795632300000 implements MigrationInterface {
  name = 'DummyStage1795632300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD "throw_error" boolean
        `);
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD CONSTRAINT "ck_stage_dummy" CHECK (
                    "kind" <> 'dummy'
                    OR "throw_error" IS NOT NULL
                )
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "stage" DROP CONSTRAINT "ck_stage_dummy"
        `);
    await queryRunner.query(`
            ALTER TABLE "stage" DROP COLUMN "throw_error"
        `);
  }
}
