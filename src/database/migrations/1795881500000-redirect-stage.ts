import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stages of the kind `redirect`. */
export class RedirectStage1795881500000 implements MigrationInterface {
  name = 'RedirectStage1795881500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD "keep_context" boolean,
            ADD "redirect_mode" text,
            ADD "target_static" text,
            ADD "target_flow_uuid" uuid,
            ADD CONSTRAINT "fk_stage_target_flow" FOREIGN KEY ("target_flow_uuid") REFERENCES "flow"("flow_uuid")
                ON DELETE SET NULL ON UPDATE NO ACTION,
            ADD CONSTRAINT "ck_stage_redirect_mode" CHECK ("redirect_mode" IN ('static', 'flow')),
            ADD CONSTRAINT "ck_stage_redirect" CHECK (
                    "kind" <> 'redirect'
                    OR num_nulls("keep_context", "redirect_mode", "target_static") = 0
                )
        `);
    await queryRunner.query(`CREATE INDEX "ix_stage_target_flow" ON "stage" ("target_flow_uuid")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "stage"
            DROP COLUMN "target_flow_uuid",
            DROP COLUMN "target_static",
            DROP COLUMN "redirect_mode",
            DROP COLUMN "keep_context"
        `);
  }
}
