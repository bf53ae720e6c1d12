import type { MigrationInterface, QueryRunner } from 'typeorm';

import { auditTable, dropAudit } from '../audit-triggers.js';

const policy = { table: 'policy', key: 'policy_uuid', labels: ['name'], fields: { last_updated: null } };

/** Expression policies. Events name the model of a policy after its kind, as those of stages do. */
export class ExpressionPolicies1795882000000 implements MigrationInterface {
  name = 'ExpressionPolicies1795882000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "policy"
            ADD "expression" text,
            ADD CONSTRAINT "ck_policy_expression" CHECK ("kind" <> 'expression' OR "expression" IS NOT NULL)
        `);
    await createEventFunction(queryRunner, kindsOfStagesAndPolicies);
    await dropAudit(queryRunner, 'policy');
    await auditTable(queryRunner, { ...policy, model: 'policy' });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DELETE FROM "policy" WHERE "kind" = 'expression'
        `);
    await dropAudit(queryRunner, 'policy');
    await auditTable(queryRunner, { ...policy, model: 'authentik_policies_password.passwordpolicy' });
    await createEventFunction(queryRunner, kindsOfStages);
    await queryRunner.query(`
            ALTER TABLE "policy"
            DROP CONSTRAINT "ck_policy_expression",
            DROP COLUMN "expression"
        `);
  }
}

const kindsOfStages = `
                IF "model" = 'stage' THEN
                    "app" := 'authentik_stages_' || "kind";
                    "model_name" := replace("kind", '_', '') || 'stage';
                END IF;`;

const kindsOfStagesAndPolicies = `${kindsOfStages}
                IF "model" = 'policy' THEN
                    "app" := 'authentik_policies_' || "kind";
                    "model_name" := replace("kind", '_', '') || 'policy';
                END IF;`;

/** The function that the triggers call (1795881300000), with the statements that name the model after the kind of the row. */
function createEventFunction(queryRunner: QueryRunner, kinds: string): Promise<unknown> {
  return queryRunner.query(`
            CREATE OR REPLACE FUNCTION "write_model_event"(
                "action" text, "model" text, "object" jsonb, "key" text, "labels" text[], "more" jsonb
            ) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            DECLARE
                "actor" jsonb := nullif(current_setting('audit.actor', true), '')::jsonb;
                "kind" text := "object" ->> 'kind';
                "app" text := split_part("model", '.', 1);
                "model_name" text := split_part("model", '.', 2);
            BEGIN${kinds}
                INSERT INTO "event" ("event_uuid", "action", "app", "context", "user", "client_ip")
                VALUES (
                    gen_random_uuid(),
                    "action",
                    'authentik.' || regexp_replace(substr("app", 11), '^(stages|policies)_', '\\1.'),
                    "more" || jsonb_build_object('model', jsonb_build_object(
                        'app', "app",
                        'model_name', "model_name",
                        'pk', "object" -> "key",
                        'name', (
                            SELECT coalesce(string_agg("object" ->> "label", ' ' ORDER BY "position"), '')
                            FROM unnest("labels") WITH ORDINALITY AS "named" ("label", "position")
                        )
                    )),
                    coalesce("actor" -> 'user', '{}'),
                    "actor" ->> 'clientIp'
                );
            END $$
        `);
}
