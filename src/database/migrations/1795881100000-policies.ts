import type { MigrationInterface, QueryRunner } from 'typeorm';

import { auditLinks, auditTable } from '../audit-triggers.js';

/** What prompt stages and flows are now also read of. */
const recorded = ['prompt_stage_policy', 'policy_binding'];

/** Policies, of which password policies are the only kind; bindings of policies, and the policies of prompt stages. */
export class Policies1795881100000 implements MigrationInterface {
  name = 'Policies1795881100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "policy" (
                "policy_uuid" uuid NOT NULL,
                "name" text NOT NULL,
                "execution_logging" boolean NOT NULL DEFAULT false,
                "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "last_updated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "kind" text NOT NULL,
                "password_field" text,
                "amount_digits" integer,
                "amount_uppercase" integer,
                "amount_lowercase" integer,
                "amount_symbols" integer,
                "length_min" integer,
                "symbol_charset" text,
                "error_message" text,
                "check_static_rules" boolean,
                "check_zxcvbn" boolean,
                "hibp_allowed_count" integer,
                "zxcvbn_score_threshold" integer,
                CONSTRAINT "uq_policy_name" UNIQUE ("name"),
                CONSTRAINT "ck_policy_password" CHECK (
                    "kind" <> 'password' OR num_nulls(
                        "amount_digits", "amount_uppercase", "amount_lowercase", "amount_symbols", "length_min",
                        "password_field", "symbol_charset", "error_message", "check_static_rules", "check_zxcvbn",
                        "hibp_allowed_count", "zxcvbn_score_threshold"
                    ) = 0
                ),
                CONSTRAINT "ck_policy_amounts" CHECK (
                    least(
                        "amount_digits", "amount_uppercase", "amount_lowercase", "amount_symbols", "length_min",
                        "hibp_allowed_count", "zxcvbn_score_threshold"
                    ) >= 0
                ),
                CONSTRAINT "pk_policy" PRIMARY KEY ("policy_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_policy_kind" ON "policy" ("kind")
        `);
    await queryRunner.query(`
            CREATE TRIGGER "tr_policy_forget_grants" AFTER DELETE ON "policy"
            REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('policy_uuid')
        `);
    await queryRunner.query(`
            CREATE TABLE "prompt_stage_policy" (
                "stage_uuid" uuid NOT NULL,
                "policy_uuid" uuid NOT NULL,
                CONSTRAINT "pk_prompt_stage_policy" PRIMARY KEY ("stage_uuid", "policy_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_prompt_stage_policy_policy" ON "prompt_stage_policy" ("policy_uuid")
        `);
    await queryRunner.query(`
            ALTER TABLE "prompt_stage_policy"
            ADD CONSTRAINT "fk_prompt_stage_policy_stage" FOREIGN KEY ("stage_uuid") REFERENCES "stage"("stage_uuid") ON DELETE CASCADE ON UPDATE NO ACTION,
            ADD CONSTRAINT "fk_prompt_stage_policy_policy" FOREIGN KEY ("policy_uuid") REFERENCES "policy"("policy_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "policy_binding"
            ADD "policy_uuid" uuid,
            ADD CONSTRAINT "fk_policy_binding_policy" FOREIGN KEY ("policy_uuid") REFERENCES "policy"("policy_uuid") ON DELETE CASCADE ON UPDATE NO ACTION,
            DROP CONSTRAINT "ck_policy_binding_subject",
            ADD CONSTRAINT "ck_policy_binding_subject" CHECK (num_nonnulls("policy_uuid", "group_uuid", "user_id") = 1)
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_policy_binding_policy" ON "policy_binding" ("policy_uuid")
        `);
    for (const table of recorded) {
      await queryRunner.query(`
            CREATE TRIGGER "tr_${table}_record_revision" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "${table}"
            FOR EACH STATEMENT EXECUTE FUNCTION "record_revision"()
        `);
      await queryRunner.query(`
            ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "tr_${table}_record_revision"
        `);
    }
    await this.audit(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TRIGGER "tr_policy_binding_record_revision" ON "policy_binding"
        `);
    // A binding of a policy would name nothing.
    await queryRunner.query(`
            DELETE FROM "policy_binding" WHERE "policy_uuid" IS NOT NULL
        `);
    await queryRunner.query(`
            ALTER TABLE "policy_binding"
            DROP CONSTRAINT "ck_policy_binding_subject",
            DROP COLUMN "policy_uuid",
            ADD CONSTRAINT "ck_policy_binding_subject" CHECK (num_nonnulls("group_uuid", "user_id") = 1)
        `);
    await queryRunner.query(`
            DROP TABLE "prompt_stage_policy"
        `);
    await queryRunner.query(`
            DROP TABLE "policy"
        `);
  }

  private async audit(queryRunner: QueryRunner): Promise<void> {
    await auditTable(queryRunner, {
      table: 'policy',
      model: 'authentik_policies_password.passwordpolicy',
      key: 'policy_uuid',
      labels: ['name'],
      fields: { last_updated: null },
    });
    await auditLinks(queryRunner, {
      table: 'prompt_stage_policy',
      owner: { table: 'stage', model: 'stage', key: 'stage_uuid', labels: ['name'] },
      column: 'stage_uuid',
      field: 'validation_policies',
      value: 'link."policy_uuid"',
      counts: 'exists (select from "policy" m where m."policy_uuid" = link."policy_uuid")',
    });
  }
}
