import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the links in mails stand for. */
export class FlowTokens1795633200000 implements MigrationInterface {
  name = 'FlowTokens1795633200000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "flow_token" (
                "token_uuid" uuid NOT NULL,
                "key_hash" bytea NOT NULL,
                "purpose" text NOT NULL,
                "user_id" integer,
                "user_address" text NOT NULL,
                "address" text NOT NULL,
                "flow_uuid" uuid NOT NULL,
                "stage_uuid" uuid,
                "execution" uuid NOT NULL,
                "plan" text NOT NULL,
                "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "expires" TIMESTAMP WITH TIME ZONE NOT NULL,
                "spent" TIMESTAMP WITH TIME ZONE,
                "superseded" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "uq_flow_token_key_hash" UNIQUE ("key_hash"),
                CONSTRAINT "ck_flow_token_purpose" CHECK ("purpose" IN ('confirm', 'recovery')),
                CONSTRAINT "ck_flow_token_stage" CHECK (
                    "purpose" <> 'confirm'
                    OR "stage_uuid" IS NOT NULL
                ),
                CONSTRAINT "pk_flow_token" PRIMARY KEY ("token_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_flow_token_user" ON "flow_token" ("user_id")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_flow_token_flow" ON "flow_token" ("flow_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_flow_token_stage" ON "flow_token" ("stage_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_flow_token_execution" ON "flow_token" ("execution")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_flow_token_expires" ON "flow_token" ("expires")
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_token"
            ADD CONSTRAINT "fk_flow_token_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_token"
            ADD CONSTRAINT "fk_flow_token_flow" FOREIGN KEY ("flow_uuid") REFERENCES "flow"("flow_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_token"
            ADD CONSTRAINT "fk_flow_token_stage" FOREIGN KEY ("stage_uuid") REFERENCES "stage"("stage_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "flow_token"
        `);
  }
}
