import type { MigrationInterface, QueryRunner } from 'typeorm';

import { auditTable, dropAudit } from '../audit-triggers.js';

/** Triggers that write events for other systems: name, what fires it, and the function with its conditions. */
const triggers = [
  ['tr_user_emit_created', 'user', 'INSERT', '', 'emit_user_events'],
  [
    'tr_user_emit_changed',
    'user',
    'UPDATE',
    `WHEN (NEW."email" <> OLD."email" OR NEW."is_active" AND NOT OLD."is_active"
       OR NEW."password_change_date" IS DISTINCT FROM OLD."password_change_date"
       OR NEW."last_login" IS DISTINCT FROM OLD."last_login")`,
    'emit_user_events',
  ],
  [
    'tr_account_address_emit_inserted',
    'account_address',
    'INSERT',
    'WHEN (NEW."proved" IS NOT NULL)',
    'emit_address_verified',
  ],
  [
    'tr_account_address_emit_updated',
    'account_address',
    'UPDATE',
    'WHEN (NEW."proved" IS NOT NULL AND OLD."proved" IS NULL)',
    'emit_address_verified',
  ],
  [
    'tr_mail_message_emit',
    'mail_message',
    'UPDATE',
    `WHEN (NEW."state" IN ('sent', 'failed') AND NEW."state" <> OLD."state")`,
    'emit_mail_event',
  ],
  [
    'tr_event_emit',
    'event',
    'INSERT',
    `WHEN (NEW."action" IN ('model_created', 'model_updated', 'model_deleted')
       AND NEW."context" -> 'model' ->> 'app' ~ '^authentik_(flows|stages_.*)$'
       AND NEW."context" -> 'model' ->> 'model_name' ~ '^flow$|stage$')`,
    'emit_flow_event',
  ],
] as const;

/**
 * Webhooks: their endpoints, what happened (`outgoing_event`) and its deliveries. Triggers write what happened, in the
 * transaction that makes it true, so that no writer can forget it; nothing is written that no endpoint wants.
 */
export class Webhooks1795888800000 implements MigrationInterface {
  name = 'Webhooks1795888800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTables(queryRunner);
    await createFunctions(queryRunner);
    for (const [name, table, operation, condition, callee] of triggers) {
      await queryRunner.query(
        `CREATE TRIGGER "${name}" AFTER ${operation} ON "${table}" FOR EACH ROW ${condition} EXECUTE FUNCTION "${callee}"()`,
      );
    }
    await queryRunner.query(`
      CREATE TRIGGER "tr_webhook_endpoint_forget_grants" AFTER DELETE ON "webhook_endpoint"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('endpoint_uuid')
    `);
    await queryRunner.query(`
      CREATE TRIGGER "tr_webhook_delivery_forget_grants" AFTER DELETE ON "webhook_delivery"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('delivery_uuid')
    `);
    await auditTable(queryRunner, {
      table: 'webhook_endpoint',
      model: 'authentik_webhooks.webhookendpoint',
      key: 'endpoint_uuid',
      labels: ['name'],
      fields: {
        secret_changes: 'secret',
        // What follows from a new secret, and the state of the deliveries.
        secret: null,
        previous_secret: null,
        previous_secret_until: null,
        failing_since: null,
        last_failure: null,
        lease_until: null,
        last_updated: null,
      },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name, table] of triggers) await queryRunner.query(`DROP TRIGGER "${name}" ON "${table}"`);
    await dropAudit(queryRunner, 'webhook_endpoint');
    for (const { name } of functions) await queryRunner.query(`DROP FUNCTION "${name}"`);
    for (const table of ['webhook_attempt', 'webhook_delivery', 'outgoing_event', 'webhook_endpoint']) {
      await queryRunner.query(`DROP TABLE "${table}"`);
    }
  }
}

async function createTables(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(
    `CREATE TABLE "webhook_endpoint" (
      "endpoint_uuid" uuid NOT NULL,
      "name" character varying(150) NOT NULL,
      "description" text NOT NULL DEFAULT '',
      "url" text NOT NULL,
      "event_types" text array NOT NULL DEFAULT '{}',
      "enabled" boolean NOT NULL DEFAULT true,
      "secret" text NOT NULL,
      "previous_secret" text NOT NULL DEFAULT '',
      "previous_secret_until" TIMESTAMP WITH TIME ZONE,
      "secret_changes" integer NOT NULL DEFAULT 0,
      "failing_since" TIMESTAMP WITH TIME ZONE,
      "last_failure" TIMESTAMP WITH TIME ZONE,
      "lease_until" TIMESTAMP WITH TIME ZONE,
      "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "last_updated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      CONSTRAINT "uq_webhook_endpoint_name" UNIQUE ("name"),
      CONSTRAINT "pk_webhook_endpoint" PRIMARY KEY ("endpoint_uuid")
    )`,
  );
  await queryRunner.query(
    `CREATE TABLE "outgoing_event" (
      "event_uuid" uuid NOT NULL,
      "sequence" BIGSERIAL NOT NULL,
      "type" text NOT NULL,
      "subject" text NOT NULL,
      "data" jsonb NOT NULL,
      "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      CONSTRAINT "uq_outgoing_event_sequence" UNIQUE ("sequence"),
      CONSTRAINT "pk_outgoing_event" PRIMARY KEY ("event_uuid")
    )`,
  );
  await queryRunner.query(`CREATE INDEX "ix_outgoing_event_created" ON "outgoing_event" ("created")`);
  await queryRunner.query(
    `CREATE TABLE "webhook_delivery" (
      "delivery_uuid" uuid NOT NULL,
      "event_uuid" uuid NOT NULL,
      "endpoint_uuid" uuid NOT NULL,
      "state" text NOT NULL DEFAULT 'pending',
      "attempts" integer NOT NULL DEFAULT 0,
      "earlier_attempts" integer NOT NULL DEFAULT 0,
      "next_attempt" TIMESTAMP WITH TIME ZONE DEFAULT now(),
      "finished" TIMESTAMP WITH TIME ZONE,
      "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      CONSTRAINT "uq_webhook_delivery_event" UNIQUE ("event_uuid", "endpoint_uuid"),
      CONSTRAINT "ck_webhook_delivery_state" CHECK ("state" IN ('pending', 'delivered', 'failed')),
      CONSTRAINT "pk_webhook_delivery" PRIMARY KEY ("delivery_uuid"),
      CONSTRAINT "fk_webhook_delivery_event" FOREIGN KEY ("event_uuid") REFERENCES "outgoing_event"("event_uuid") ON DELETE CASCADE,
      CONSTRAINT "fk_webhook_delivery_endpoint" FOREIGN KEY ("endpoint_uuid") REFERENCES "webhook_endpoint"("endpoint_uuid") ON DELETE CASCADE
    )`,
  );
  await queryRunner.query(
    `CREATE INDEX "ix_webhook_delivery_endpoint" ON "webhook_delivery" ("endpoint_uuid", "created")`,
  );
  await queryRunner.query(
    `CREATE INDEX "ix_webhook_delivery_pending" ON "webhook_delivery" ("endpoint_uuid", "next_attempt") WHERE state = 'pending'`,
  );
  await queryRunner.query(
    `CREATE TABLE "webhook_attempt" (
      "attempt_uuid" uuid NOT NULL,
      "delivery_uuid" uuid NOT NULL,
      "number" integer NOT NULL,
      "started" TIMESTAMP WITH TIME ZONE NOT NULL,
      "milliseconds" integer NOT NULL,
      "status" integer,
      "error" text NOT NULL,
      "answer" text NOT NULL,
      CONSTRAINT "uq_webhook_attempt_number" UNIQUE ("delivery_uuid", "number"),
      CONSTRAINT "pk_webhook_attempt" PRIMARY KEY ("attempt_uuid"),
      CONSTRAINT "fk_webhook_attempt_delivery" FOREIGN KEY ("delivery_uuid") REFERENCES "webhook_delivery"("delivery_uuid") ON DELETE CASCADE
    )`,
  );
}

/** The body of a trigger that calls `emit_event`. */
const functions = [
  {
    name: 'emit_user_events',
    returns: '() RETURNS trigger',
    body: `
      DECLARE
        "subject" text := 'user/' || NEW."id";
        "data" jsonb := jsonb_build_object('user', "event_user"(NEW));
      BEGIN
        IF TG_OP = 'INSERT' THEN
          PERFORM "emit_event"('user.created', "subject", "data");
          RETURN NULL;
        END IF;
        IF NEW."email" <> OLD."email" THEN
          PERFORM "emit_event"('address.changed', "subject",
            "data" || jsonb_build_object('address', NEW."email", 'previous_address', OLD."email"));
        END IF;
        IF NEW."password_change_date" IS DISTINCT FROM OLD."password_change_date" THEN
          PERFORM "emit_event"('user.password_changed', "subject", "data");
        END IF;
        IF NEW."is_active" AND NOT OLD."is_active" THEN
          PERFORM "emit_event"('user.activated', "subject", "data");
        END IF;
        IF NEW."last_login" IS DISTINCT FROM OLD."last_login" THEN
          PERFORM "emit_event"('user.signed_in', "subject", "data");
        END IF;
        RETURN NULL;
      END`,
  },
  {
    name: 'emit_address_verified',
    returns: '() RETURNS trigger',
    body: `
      BEGIN
        PERFORM "emit_event"('address.verified', 'user/' || u."id",
          jsonb_build_object('user', "event_user"(u), 'address', NEW."address", 'method', NEW."method"))
        FROM "user" u WHERE u."id" = NEW."user_id";
        RETURN NULL;
      END`,
  },
  {
    name: 'event_user',
    returns: '("account" "user") RETURNS jsonb',
    body: `
      BEGIN
        RETURN jsonb_build_object('pk', "account"."id", 'uuid', "account"."uuid", 'username', "account"."username",
          'name', "account"."name", 'email', "account"."email", 'is_active', "account"."is_active");
      END`,
  },
  {
    name: 'emit_mail_event',
    returns: '() RETURNS trigger',
    body: `
      BEGIN
        PERFORM "emit_event"('mail.' || NEW."state", 'mail/' || NEW."message_uuid",
          jsonb_build_object('pk', NEW."message_uuid", 'message_id', NEW."message_id",
            'recipient', NEW."recipient_address", 'template', NEW."template", 'attempts', NEW."attempts",
            'reason', NEW."reason"));
        RETURN NULL;
      END`,
  },
  {
    name: 'emit_flow_event',
    returns: '() RETURNS trigger',
    body: `
      DECLARE
        "model" jsonb := NEW."context" -> 'model';
        "noun" text := CASE WHEN "model" ->> 'model_name' = 'flow' THEN 'flow' ELSE 'stage' END;
      BEGIN
        PERFORM "emit_event"("noun" || '.' || substr(NEW."action", 1 + length('model_')), "noun" || '/' || ("model" ->> 'pk'),
          jsonb_build_object('model', "model", 'fields', coalesce(NEW."context" -> 'fields', '[]'), 'user', NEW."user"));
        RETURN NULL;
      END`,
  },
  {
    name: 'emit_event',
    returns: '("type" text, "subject" text, "data" jsonb) RETURNS void',
    body: `
      BEGIN
        WITH "wanted" AS MATERIALIZED (
          SELECT e."endpoint_uuid" FROM "webhook_endpoint" e
           WHERE e."enabled" AND (
             e."event_types" = '{}'
             OR EXISTS (SELECT FROM unnest(e."event_types") AS "pattern"
                         WHERE "emit_event"."type" LIKE replace(replace("pattern", '_', '\\_'), '*', '%'))
           )
             -- Waits for the deletion of an endpoint, whose foreign key would fail the change.
             FOR KEY SHARE
        ), "event" AS (
          INSERT INTO "outgoing_event" ("event_uuid", "type", "subject", "data")
          SELECT gen_random_uuid(), "emit_event"."type", "emit_event"."subject", "emit_event"."data"
           WHERE EXISTS (SELECT FROM "wanted")
          RETURNING "event_uuid"
        )
        INSERT INTO "webhook_delivery" ("delivery_uuid", "event_uuid", "endpoint_uuid")
        SELECT gen_random_uuid(), "event"."event_uuid", "wanted"."endpoint_uuid" FROM "event", "wanted";
      END`,
  },
] as const;

async function createFunctions(queryRunner: QueryRunner): Promise<void> {
  for (const { name, returns, body } of functions) {
    await queryRunner.query(
      `CREATE FUNCTION "${name}"${returns} LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ ${body} $$`,
    );
  }
}
