import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who flows and their stages are for. */
export class PolicyBindings1795632900000 implements MigrationInterface {
  name = 'PolicyBindings1795632900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "policy_binding" (
                "policy_binding_uuid" uuid NOT NULL,
                "flow_uuid" uuid,
                "fsb_uuid" uuid,
                "group_uuid" uuid,
                "user_id" integer,
                "negate" boolean NOT NULL DEFAULT false,
                "enabled" boolean NOT NULL DEFAULT true,
                "order" integer NOT NULL,
                "timeout" integer NOT NULL DEFAULT '30',
                "failure_result" boolean NOT NULL DEFAULT false,
                CONSTRAINT "ck_policy_binding_target" CHECK (num_nonnulls("flow_uuid", "fsb_uuid") = 1),
                CONSTRAINT "ck_policy_binding_subject" CHECK (num_nonnulls("group_uuid", "user_id") = 1),
                CONSTRAINT "ck_policy_binding_timeout" CHECK ("timeout" >= 0),
                CONSTRAINT "pk_policy_binding" PRIMARY KEY ("policy_binding_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_policy_binding_flow" ON "policy_binding" ("flow_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_policy_binding_fsb" ON "policy_binding" ("fsb_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_policy_binding_group" ON "policy_binding" ("group_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_policy_binding_user" ON "policy_binding" ("user_id")
        `);
    await queryRunner.query(`
            ALTER TABLE "policy_binding"
            ADD CONSTRAINT "fk_policy_binding_flow" FOREIGN KEY ("flow_uuid") REFERENCES "flow"("flow_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "policy_binding"
            ADD CONSTRAINT "fk_policy_binding_fsb" FOREIGN KEY ("fsb_uuid") REFERENCES "flow_stage_binding"("fsb_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "policy_binding"
            ADD CONSTRAINT "fk_policy_binding_group" FOREIGN KEY ("group_uuid") REFERENCES "group"("group_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "policy_binding"
            ADD CONSTRAINT "fk_policy_binding_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            CREATE TRIGGER "tr_policy_binding_forget_grants" AFTER DELETE ON "policy_binding"
            REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('policy_binding_uuid')
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "policy_binding"
        `);
  }
}
