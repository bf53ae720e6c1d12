import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of objects that permissions are given on, each with the column of its key. */
const objects = [
  ['user', 'id'],
  ['group', 'group_uuid'],
  ['role', 'role_uuid'],
  ['token', 'token_uuid'],
  ['flow', 'flow_uuid'],
  ['stage', 'stage_uuid'],
  ['flow_stage_binding', 'fsb_uuid'],
] as const;

/** Users, tokens and permissions; flows, stages and what binds them. */
export class Initial1795486875574 implements MigrationInterface {
  name = 'Initial1795486875574';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "role" (
                "role_uuid" uuid NOT NULL,
                "name" character varying(150) NOT NULL,
                CONSTRAINT "uq_role_name" UNIQUE ("name"),
                CONSTRAINT "pk_role" PRIMARY KEY ("role_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "user" (
                "id" SERIAL NOT NULL,
                "uuid" uuid NOT NULL,
                "username" character varying(150) NOT NULL,
                "name" text NOT NULL DEFAULT '',
                "email" character varying(254) NOT NULL DEFAULT '',
                "is_active" boolean NOT NULL DEFAULT true,
                "password_hash" text NOT NULL DEFAULT '',
                "password_change_date" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "last_login" TIMESTAMP WITH TIME ZONE,
                "path" text NOT NULL DEFAULT 'users',
                "type" text NOT NULL DEFAULT 'internal',
                "attributes" jsonb NOT NULL DEFAULT '{}',
                CONSTRAINT "uq_user_uuid" UNIQUE ("uuid"),
                CONSTRAINT "uq_user_username" UNIQUE ("username"),
                CONSTRAINT "ck_user_type" CHECK (
                    "type" IN (
                        'internal',
                        'external',
                        'service_account',
                        'internal_service_account'
                    )
                ),
                CONSTRAINT "pk_user" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "group" (
                "group_uuid" uuid NOT NULL,
                "name" text NOT NULL,
                "is_superuser" boolean NOT NULL DEFAULT false,
                "parent_uuid" uuid,
                "attributes" jsonb NOT NULL DEFAULT '{}',
                CONSTRAINT "uq_group_name" UNIQUE ("name"),
                CONSTRAINT "pk_group" PRIMARY KEY ("group_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_group_parent" ON "group" ("parent_uuid")
        `);
    await queryRunner.query(`
            CREATE TABLE "permission_grant" (
                "grant_uuid" uuid NOT NULL,
                "user_id" integer,
                "role_uuid" uuid,
                "codename" text NOT NULL,
                "object_pk" text NOT NULL DEFAULT '',
                CONSTRAINT "uq_permission_grant_role" UNIQUE ("role_uuid", "codename", "object_pk"),
                CONSTRAINT "uq_permission_grant_user" UNIQUE ("user_id", "codename", "object_pk"),
                CONSTRAINT "ck_permission_grant_holder" CHECK (num_nonnulls("user_id", "role_uuid") = 1),
                CONSTRAINT "pk_permission_grant" PRIMARY KEY ("grant_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_permission_grant_object" ON "permission_grant" ("object_pk")
            WHERE "object_pk" <> ''
        `);
    await queryRunner.query(`
            CREATE TABLE "token" (
                "token_uuid" uuid NOT NULL,
                "identifier" character varying(255) NOT NULL,
                "key_hash" bytea NOT NULL,
                "sealed_key" text NOT NULL,
                "intent" text NOT NULL DEFAULT 'api',
                "user_id" integer NOT NULL,
                "description" text NOT NULL DEFAULT '',
                "expires" TIMESTAMP WITH TIME ZONE,
                "expiring" boolean NOT NULL DEFAULT true,
                "managed" text,
                CONSTRAINT "uq_token_identifier" UNIQUE ("identifier"),
                CONSTRAINT "ck_token_identifier" CHECK ("identifier" ~ '^[-a-zA-Z0-9_]+$'),
                CONSTRAINT "ck_token_intent" CHECK (
                    "intent" IN (
                        'verification',
                        'api',
                        'recovery',
                        'app_password'
                    )
                ),
                CONSTRAINT "pk_token" PRIMARY KEY ("token_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_token_key_hash" ON "token" ("key_hash")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_token_user" ON "token" ("user_id")
        `);
    await queryRunner.query(`
            CREATE TABLE "flow" (
                "flow_uuid" uuid NOT NULL,
                "pbm_uuid" uuid NOT NULL,
                "name" text NOT NULL,
                "slug" character varying(50) NOT NULL,
                "title" text NOT NULL,
                "designation" text NOT NULL,
                "background" text NOT NULL DEFAULT '',
                "policy_engine_mode" text NOT NULL DEFAULT 'any',
                "compatibility_mode" boolean NOT NULL DEFAULT false,
                "layout" text NOT NULL DEFAULT 'stacked',
                "denied_action" text NOT NULL DEFAULT 'message_continue',
                "authentication" text NOT NULL DEFAULT 'none',
                CONSTRAINT "uq_flow_policy_binding_model" UNIQUE ("pbm_uuid"),
                CONSTRAINT "uq_flow_slug" UNIQUE ("slug"),
                CONSTRAINT "ck_flow_slug" CHECK ("slug" ~ '^[-a-zA-Z0-9_]+$'),
                CONSTRAINT "ck_flow_authentication" CHECK (
                    "authentication" IN (
                        'none',
                        'require_authenticated',
                        'require_unauthenticated',
                        'require_superuser',
                        'require_redirect',
                        'require_outpost'
                    )
                ),
                CONSTRAINT "ck_flow_denied_action" CHECK (
                    "denied_action" IN ('message_continue', 'message', 'continue')
                ),
                CONSTRAINT "ck_flow_layout" CHECK (
                    "layout" IN (
                        'stacked',
                        'content_left',
                        'content_right',
                        'sidebar_left',
                        'sidebar_right'
                    )
                ),
                CONSTRAINT "ck_flow_policy_engine_mode" CHECK ("policy_engine_mode" IN ('all', 'any')),
                CONSTRAINT "ck_flow_designation" CHECK (
                    "designation" IN (
                        'authentication',
                        'authorization',
                        'invalidation',
                        'enrollment',
                        'unenrollment',
                        'recovery',
                        'stage_configuration'
                    )
                ),
                CONSTRAINT "pk_flow" PRIMARY KEY ("flow_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "stage" (
                "stage_uuid" uuid NOT NULL,
                "name" text NOT NULL,
                "kind" text NOT NULL,
                "use_global_settings" boolean,
                "host" text,
                "port" integer,
                "username" text,
                "password" text,
                "use_tls" boolean,
                "use_ssl" boolean,
                "timeout" integer,
                "from_address" character varying(254),
                "token_expiry" integer,
                "subject" text,
                "template" text,
                "activate_user_on_success" boolean,
                CONSTRAINT "uq_stage_name" UNIQUE ("name"),
                CONSTRAINT "ck_stage_email" CHECK (
                    "kind" <> 'email'
                    OR num_nulls(
                        "use_global_settings",
                        "host",
                        "port",
                        "username",
                        "password",
                        "use_tls",
                        "use_ssl",
                        "timeout",
                        "from_address",
                        "token_expiry",
                        "subject",
                        "template",
                        "activate_user_on_success"
                    ) = 0
                ),
                CONSTRAINT "pk_stage" PRIMARY KEY ("stage_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_stage_kind" ON "stage" ("kind")
        `);
    await queryRunner.query(`
            CREATE TABLE "flow_stage_binding" (
                "fsb_uuid" uuid NOT NULL,
                "pbm_uuid" uuid NOT NULL,
                "target_uuid" uuid NOT NULL,
                "stage_uuid" uuid NOT NULL,
                "evaluate_on_plan" boolean NOT NULL DEFAULT false,
                "re_evaluate_policies" boolean NOT NULL DEFAULT true,
                "order" integer NOT NULL,
                "policy_engine_mode" text NOT NULL DEFAULT 'any',
                "invalid_response_action" text NOT NULL DEFAULT 'retry',
                CONSTRAINT "uq_flow_stage_binding_policy_binding_model" UNIQUE ("pbm_uuid"),
                CONSTRAINT "uq_flow_stage_binding_place" UNIQUE ("target_uuid", "stage_uuid", "order"),
                CONSTRAINT "ck_flow_stage_binding_invalid_response_action" CHECK (
                    "invalid_response_action" IN ('retry', 'restart', 'restart_with_context')
                ),
                CONSTRAINT "ck_flow_stage_binding_policy_engine_mode" CHECK ("policy_engine_mode" IN ('all', 'any')),
                CONSTRAINT "pk_flow_stage_binding" PRIMARY KEY ("fsb_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_flow_stage_binding_stage" ON "flow_stage_binding" ("stage_uuid")
        `);
    await queryRunner.query(`
            CREATE TABLE "group_user" (
                "group_uuid" uuid NOT NULL,
                "user_id" integer NOT NULL,
                CONSTRAINT "pk_group_user" PRIMARY KEY ("group_uuid", "user_id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_group_user_group_uuid" ON "group_user" ("group_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_group_user_user_id" ON "group_user" ("user_id")
        `);
    await queryRunner.query(`
            CREATE TABLE "group_role" (
                "group_uuid" uuid NOT NULL,
                "role_uuid" uuid NOT NULL,
                CONSTRAINT "pk_group_role" PRIMARY KEY ("group_uuid", "role_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_group_role_group_uuid" ON "group_role" ("group_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_group_role_role_uuid" ON "group_role" ("role_uuid")
        `);
    await queryRunner.query(`
            ALTER TABLE "group"
            ADD CONSTRAINT "fk_group_parent" FOREIGN KEY ("parent_uuid") REFERENCES "group"("group_uuid") ON DELETE
            SET NULL ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "permission_grant"
            ADD CONSTRAINT "fk_permission_grant_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "permission_grant"
            ADD CONSTRAINT "fk_permission_grant_role" FOREIGN KEY ("role_uuid") REFERENCES "role"("role_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "token"
            ADD CONSTRAINT "fk_token_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_stage_binding"
            ADD CONSTRAINT "fk_flow_stage_binding_target" FOREIGN KEY ("target_uuid") REFERENCES "flow"("flow_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_stage_binding"
            ADD CONSTRAINT "fk_flow_stage_binding_stage" FOREIGN KEY ("stage_uuid") REFERENCES "stage"("stage_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
    await queryRunner.query(`
            ALTER TABLE "group_user"
            ADD CONSTRAINT "fk_group_user_group" FOREIGN KEY ("group_uuid") REFERENCES "group"("group_uuid") ON DELETE CASCADE ON UPDATE CASCADE
        `);
    await queryRunner.query(`
            ALTER TABLE "group_user"
            ADD CONSTRAINT "fk_group_user_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE
        `);
    await queryRunner.query(`
            ALTER TABLE "group_role"
            ADD CONSTRAINT "fk_group_role_group" FOREIGN KEY ("group_uuid") REFERENCES "group"("group_uuid") ON DELETE CASCADE ON UPDATE CASCADE
        `);
    await queryRunner.query(`
            ALTER TABLE "group_role"
            ADD CONSTRAINT "fk_group_role_role" FOREIGN KEY ("role_uuid") REFERENCES "role"("role_uuid") ON DELETE CASCADE ON UPDATE CASCADE
        `);
    // A permission on an object must not outlive it, whether it is deleted by itself or with what it belongs to.
    await queryRunner.query(`
            CREATE FUNCTION "forget_grants"() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                EXECUTE format(
                    'DELETE FROM "permission_grant" WHERE "object_pk" IN (SELECT %I::text FROM "gone")',
                    TG_ARGV[0]
                );
                RETURN NULL;
            END $$
        `);
    for (const [table, key] of objects) {
      await queryRunner.query(`
            CREATE TRIGGER "tr_${table}_forget_grants" AFTER DELETE ON "${table}"
            REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('${key}')
        `);
    }
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table] of objects) {
      await queryRunner.query(`
            DROP TRIGGER "tr_${table}_forget_grants" ON "${table}"
        `);
    }
    await queryRunner.query(`
            DROP FUNCTION "forget_grants"()
        `);
    await queryRunner.query(`
            ALTER TABLE "group_role" DROP CONSTRAINT "fk_group_role_role"
        `);
    await queryRunner.query(`
            ALTER TABLE "group_role" DROP CONSTRAINT "fk_group_role_group"
        `);
    await queryRunner.query(`
            ALTER TABLE "group_user" DROP CONSTRAINT "fk_group_user_user"
        `);
    await queryRunner.query(`
            ALTER TABLE "group_user" DROP CONSTRAINT "fk_group_user_group"
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_stage_binding" DROP CONSTRAINT "fk_flow_stage_binding_stage"
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_stage_binding" DROP CONSTRAINT "fk_flow_stage_binding_target"
        `);
    await queryRunner.query(`
            ALTER TABLE "token" DROP CONSTRAINT "fk_token_user"
        `);
    await queryRunner.query(`
            ALTER TABLE "permission_grant" DROP CONSTRAINT "fk_permission_grant_role"
        `);
    await queryRunner.query(`
            ALTER TABLE "permission_grant" DROP CONSTRAINT "fk_permission_grant_user"
        `);
    await queryRunner.query(`
            ALTER TABLE "group" DROP CONSTRAINT "fk_group_parent"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_group_role_role_uuid"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_group_role_group_uuid"
        `);
    await queryRunner.query(`
            DROP TABLE "group_role"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_group_user_user_id"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_group_user_group_uuid"
        `);
    await queryRunner.query(`
            DROP TABLE "group_user"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_flow_stage_binding_stage"
        `);
    await queryRunner.query(`
            DROP TABLE "flow_stage_binding"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_stage_kind"
        `);
    await queryRunner.query(`
            DROP TABLE "stage"
        `);
    await queryRunner.query(`
            DROP TABLE "flow"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_token_user"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_token_key_hash"
        `);
    await queryRunner.query(`
            DROP TABLE "token"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_permission_grant_object"
        `);
    await queryRunner.query(`
            DROP TABLE "permission_grant"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_group_parent"
        `);
    await queryRunner.query(`
            DROP TABLE "group"
        `);
    await queryRunner.query(`
            DROP TABLE "user"
        `);
    await queryRunner.query(`
            DROP TABLE "role"
        `);
  }
}
