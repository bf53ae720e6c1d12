import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What users have agreed to. */
export class Consents1795633550000 implements MigrationInterface {
  name = 'Consents1795633550000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "consent" (
                "user_id" integer NOT NULL,
                "stage_uuid" uuid NOT NULL,
                "flow_uuid" uuid NOT NULL,
                "permissions" text array NOT NULL,
                "given" TIMESTAMP WITH TIME ZONE NOT NULL,
                CONSTRAINT "pk_consent" PRIMARY KEY ("user_id", "stage_uuid", "flow_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_consent_stage" ON "consent" ("stage_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_consent_flow" ON "consent" ("flow_uuid")
        `);
    await queryRunner.query(`
            ALTER TABLE "consent"
            ADD CONSTRAINT "fk_consent_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "consent"
            ADD CONSTRAINT "fk_consent_stage" FOREIGN KEY ("stage_uuid") REFERENCES "stage"("stage_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "consent"
            ADD CONSTRAINT "fk_consent_flow" FOREIGN KEY ("flow_uuid") REFERENCES "flow"("flow_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "consent"
        `);
  }
}
