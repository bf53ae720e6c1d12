import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stages of the kinds `prompt`, `user_write` and `invitation`; prompts and invitations. */
export class SignUpStages1795633500000 implements MigrationInterface {
  name = 'SignUpStages1795633500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "prompt" (
                "prompt_uuid" uuid NOT NULL,
                "name" text NOT NULL,
                "field_key" text NOT NULL,
                "label" text NOT NULL,
                "type" text NOT NULL,
                "required" boolean NOT NULL DEFAULT true,
                "placeholder" text NOT NULL DEFAULT '',
                "initial_value" text NOT NULL DEFAULT '',
                "order" integer NOT NULL DEFAULT '0',
                "sub_text" text NOT NULL DEFAULT '',
                "placeholder_expression" boolean NOT NULL DEFAULT false,
                "initial_value_expression" boolean NOT NULL DEFAULT false,
                CONSTRAINT "uq_prompt_name" UNIQUE ("name"),
                CONSTRAINT "ck_prompt_type" CHECK (
                    "type" IN (
                        'text',
                        'text_area',
                        'text_read_only',
                        'text_area_read_only',
                        'username',
                        'email',
                        'password',
                        'number',
                        'checkbox',
                        'radio-button-group',
                        'dropdown',
                        'date',
                        'date-time',
                        'file',
                        'separator',
                        'hidden',
                        'static',
                        'ak-locale'
                    )
                ),
                CONSTRAINT "pk_prompt" PRIMARY KEY ("prompt_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "prompt_stage_field" (
                "stage_uuid" uuid NOT NULL,
                "prompt_uuid" uuid NOT NULL,
                CONSTRAINT "pk_prompt_stage_field" PRIMARY KEY ("stage_uuid", "prompt_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_prompt_stage_field_prompt" ON "prompt_stage_field" ("prompt_uuid")
        `);
    await queryRunner.query(`
            ALTER TABLE "prompt_stage_field"
            ADD CONSTRAINT "fk_prompt_stage_field_stage" FOREIGN KEY ("stage_uuid") REFERENCES "stage"("stage_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "prompt_stage_field"
            ADD CONSTRAINT "fk_prompt_stage_field_prompt" FOREIGN KEY ("prompt_uuid") REFERENCES "prompt"("prompt_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD "user_creation_mode" text,
            ADD "create_users_as_inactive" boolean,
            ADD "create_users_group_uuid" uuid,
            ADD "user_type" text,
            ADD "user_path_template" text,
            ADD "continue_flow_without_invitation" boolean
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_stage_create_users_group" ON "stage" ("create_users_group_uuid")
        `);
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD CONSTRAINT "fk_stage_create_users_group" FOREIGN KEY ("create_users_group_uuid") REFERENCES "group"("group_uuid") ON DELETE SET NULL ON UPDATE NO ACTION,
            ADD CONSTRAINT "ck_stage_user_creation_mode" CHECK (
                    "user_creation_mode" IN (
                        'never_create',
                        'create_when_required',
                        'always_create'
                    )
                ),
            ADD CONSTRAINT "ck_stage_user_type" CHECK (
                    "user_type" IN (
                        'internal',
                        'external',
                        'service_account',
                        'internal_service_account'
                    )
                ),
            ADD CONSTRAINT "ck_stage_user_write" CHECK (
                    "kind" <> 'user_write'
                    OR num_nulls(
                        "user_creation_mode",
                        "create_users_as_inactive",
                        "user_type",
                        "user_path_template"
                    ) = 0
                ),
            ADD CONSTRAINT "ck_stage_invitation" CHECK (
                    "kind" <> 'invitation'
                    OR "continue_flow_without_invitation" IS NOT NULL
                )
        `);
    await queryRunner.query(`
            CREATE TABLE "invitation" (
                "invite_uuid" uuid NOT NULL,
                "name" character varying(50) NOT NULL,
                "expires" TIMESTAMP WITH TIME ZONE,
                "fixed_data" jsonb NOT NULL DEFAULT '{}',
                "created_by_id" integer NOT NULL,
                "single_use" boolean NOT NULL DEFAULT false,
                "flow_uuid" uuid,
                CONSTRAINT "pk_invitation" PRIMARY KEY ("invite_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_invitation_expires" ON "invitation" ("expires")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_invitation_created_by" ON "invitation" ("created_by_id")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_invitation_flow" ON "invitation" ("flow_uuid")
        `);
    await queryRunner.query(`
            ALTER TABLE "invitation"
            ADD CONSTRAINT "fk_invitation_created_by" FOREIGN KEY ("created_by_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "invitation"
            ADD CONSTRAINT "fk_invitation_flow" FOREIGN KEY ("flow_uuid") REFERENCES "flow"("flow_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    for (const [table, key] of [
      ['prompt', 'prompt_uuid'],
      ['invitation', 'invite_uuid'],
    ]) {
      await queryRunner.query(`
            CREATE TRIGGER "tr_${table}_forget_grants" AFTER DELETE ON "${table}"
            REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('${key}')
        `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "invitation"
        `);
    await queryRunner.query(`
            ALTER TABLE "stage"
            DROP COLUMN "continue_flow_without_invitation",
            DROP COLUMN "user_path_template",
            DROP COLUMN "user_type",
            DROP COLUMN "create_users_group_uuid",
            DROP COLUMN "create_users_as_inactive",
            DROP COLUMN "user_creation_mode"
        `);
    await queryRunner.query(`
            DROP TABLE "prompt_stage_field"
        `);
    await queryRunner.query(`
            DROP TABLE "prompt"
        `);
  }
}
