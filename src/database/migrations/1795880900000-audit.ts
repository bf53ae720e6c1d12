import type { MigrationInterface, QueryRunner } from 'typeorm';

import { type AuditedLinks, type AuditedTable, auditLinks, auditTable, dropAudit } from '../audit-triggers.js';

const user: AuditedTable = {
  table: 'user',
  model: 'authentik_core.user',
  key: 'id',
  labels: ['username'],
  fields: {
    password_hash: 'password',
    // What follows from other fields, or from signing in.
    password_change_date: null,
    username_skeleton: null,
    awaits_confirmation: null,
    last_login: null,
  },
};

const group: AuditedTable = { table: 'group', model: 'authentik_core.group', key: 'group_uuid', labels: ['name'] };

const role: AuditedTable = { table: 'role', model: 'authentik_rbac.role', key: 'role_uuid', labels: ['name'] };

const stage: AuditedTable = { table: 'stage', model: 'stage', key: 'stage_uuid', labels: ['name'] };

const tables: readonly AuditedTable[] = [
  user,
  group,
  role,
  stage,
  {
    table: 'token',
    model: 'authentik_core.token',
    key: 'token_uuid',
    labels: ['identifier'],
    fields: { key_hash: 'key', sealed_key: null },
  },
  { table: 'flow', model: 'authentik_flows.flow', key: 'flow_uuid', labels: ['slug'] },
  {
    table: 'flow_stage_binding',
    model: 'authentik_flows.flowstagebinding',
    key: 'fsb_uuid',
    labels: ['target_uuid', 'order'],
  },
  {
    table: 'policy_binding',
    model: 'authentik_policies.policybinding',
    key: 'policy_binding_uuid',
    labels: ['flow_uuid', 'fsb_uuid', 'order'],
    fields: { flow_uuid: 'target', fsb_uuid: 'target' },
  },
  {
    table: 'prompt',
    model: 'authentik_stages_prompt.prompt',
    key: 'prompt_uuid',
    labels: ['name'],
  },
  {
    table: 'invitation',
    model: 'authentik_stages_invitation.invitation',
    key: 'invite_uuid',
    isKeySecret: true,
    labels: ['name'],
  },
  {
    table: 'blueprint_instance',
    model: 'authentik_blueprints.blueprintinstance',
    key: 'instance_uuid',
    labels: ['name'],
    // Results of applying it; what it writes has events of its own.
    fields: { last_applied: null, last_applied_hash: null, status: null, managed_models: null, metadata: null },
  },
];

// A key of an invitation lets people in, so events do not hold it.
const permission = `link."codename" || case
  when link."object_pk" = '' then ''
  when link."codename" like 'authentik\\_stages\\_invitation.%\\_invitation' then ' (one object)'
  else ' (' || link."object_pk" || ')'
end`;

const links: readonly AuditedLinks[] = [
  {
    table: 'group_user',
    owner: group,
    column: 'group_uuid',
    field: 'users',
    value: 'link."user_id"',
    counts: 'exists (select from "user" m where m."id" = link."user_id")',
  },
  {
    table: 'group_role',
    owner: group,
    column: 'group_uuid',
    field: 'roles',
    value: 'link."role_uuid"',
    counts: 'exists (select from "role" m where m."role_uuid" = link."role_uuid")',
  },
  {
    table: 'prompt_stage_field',
    owner: stage,
    column: 'stage_uuid',
    field: 'fields',
    value: 'link."prompt_uuid"',
    counts: 'exists (select from "prompt" m where m."prompt_uuid" = link."prompt_uuid")',
  },
  // The trigger `forget_grants` deletes those of a deleted object, which is not a separate change.
  {
    table: 'permission_grant',
    owner: user,
    column: 'user_id',
    field: 'permissions',
    value: permission,
    counts: 'pg_trigger_depth() = 1',
  },
  {
    table: 'permission_grant',
    owner: role,
    column: 'role_uuid',
    field: 'permissions',
    value: permission,
    counts: 'pg_trigger_depth() = 1',
  },
];

/**
 * Events of changes, written by triggers: no writer can forget one, and an event is there exactly when the change is.
 * They hold the names of changed fields and never a value, except of links.
 */
export class Audit1795880900000 implements MigrationInterface {
  name = 'Audit1795880900000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE FUNCTION "write_model_event"(
                "action" text, "model" text, "object" jsonb, "key" text, "labels" text[], "more" jsonb
            ) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            DECLARE
                "actor" jsonb := nullif(current_setting('audit.actor', true), '')::jsonb;
                "kind" text := "object" ->> 'kind';
                "app" text := split_part("model", '.', 1);
                "model_name" text := split_part("model", '.', 2);
            BEGIN
                IF "model" = 'stage' THEN
                    "app" := 'authentik_stages_' || "kind";
                    "model_name" := replace("kind", '_', '') || 'stage';
                END IF;
                INSERT INTO "event" ("event_uuid", "action", "app", "context", "user", "client_ip", "expires")
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
                    "actor" ->> 'clientIp',
                    now() + interval '365 days'
                );
            END $$
        `);
    // Arguments: model, column of the key that events show, labels and fields of an AuditedTable, column of its key.
    await queryRunner.query(`
            CREATE FUNCTION "record_changes"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            #variable_conflict use_variable
            DECLARE
                "model" text := TG_ARGV[0];
                "key" text := TG_ARGV[1];
                "labels" text[] := TG_ARGV[2];
                "names" jsonb := TG_ARGV[3];
            BEGIN
                IF TG_OP = 'INSERT' THEN
                    PERFORM "write_model_event"('model_created', "model", to_jsonb(n), "key", "labels", '{}')
                    FROM "after" n;
                ELSIF TG_OP = 'DELETE' THEN
                    PERFORM "write_model_event"('model_deleted', "model", to_jsonb(o), "key", "labels", '{}')
                    FROM "before" o;
                ELSE
                    PERFORM "write_model_event"(
                        'model_updated', "model", "pair"."new", "key", "labels",
                        jsonb_build_object('fields', "pair"."fields")
                    )
                    FROM (
                        SELECT n."row" AS "new", (
                            SELECT jsonb_agg(DISTINCT "field" ORDER BY "field")
                            FROM jsonb_each(n."row") AS "column" ("name", "value"),
                                 LATERAL (SELECT CASE
                                     WHEN "names" ? "name" THEN "names" ->> "name"
                                     ELSE regexp_replace("name", '_(uuid|id)$', '')
                                 END AS "field") f
                            WHERE "value" IS DISTINCT FROM o."row" -> "name" AND "field" IS NOT NULL
                        ) AS "fields"
                        FROM (SELECT to_jsonb(a) AS "row" FROM "after" a OFFSET 0) n
                        JOIN (SELECT to_jsonb(b) AS "row" FROM "before" b OFFSET 0) o
                          ON n."row" -> TG_ARGV[4] = o."row" -> TG_ARGV[4]
                        WHERE n."row" <> o."row"
                    ) "pair"
                    WHERE "pair"."fields" IS NOT NULL;
                END IF;
                RETURN NULL;
            END $$
        `);
    // Arguments: model, table, key and labels of the owner, and the rest of an AuditedLinks.
    await queryRunner.query(`
            CREATE FUNCTION "record_links"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                EXECUTE format(
                    'SELECT "write_model_event"(''model_updated'', $1, to_jsonb(owner), $2, $3,
                                jsonb_build_object(''fields'', jsonb_build_array($4), $5, link."values"))
                       FROM (SELECT link.%1$I AS "owner_key", jsonb_agg(%2$s ORDER BY %2$s) AS "values"
                               FROM %3$I link WHERE %4$s GROUP BY 1) link
                       JOIN %5$I owner ON owner.%6$I = link."owner_key"',
                    TG_ARGV[4], TG_ARGV[6], CASE TG_OP WHEN 'INSERT' THEN 'after' ELSE 'before' END, TG_ARGV[7],
                    TG_ARGV[1], TG_ARGV[2]
                ) USING TG_ARGV[0], TG_ARGV[2], TG_ARGV[3]::text[], TG_ARGV[5],
                        CASE TG_OP WHEN 'INSERT' THEN 'added' ELSE 'removed' END;
                RETURN NULL;
            END $$
        `);
    for (const table of tables) await auditTable(queryRunner, table);
    for (const link of links) await auditLinks(queryRunner, link);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const names = new Set([...tables, ...links].map(({ table }) => table));
    for (const name of names) await dropAudit(queryRunner, name);
    await queryRunner.query('DROP FUNCTION "record_links"()');
    await queryRunner.query('DROP FUNCTION "record_changes"()');
    await queryRunner.query('DROP FUNCTION "write_model_event"(text, text, jsonb, text, text[], jsonb)');
  }
}
