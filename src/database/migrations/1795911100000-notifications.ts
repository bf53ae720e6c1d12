import type { MigrationInterface, QueryRunner } from 'typeorm';

import { type AuditedTable, auditLinks, auditTable, dropAudit } from '../audit-triggers.js';

const rules = {
  table: 'notification_rule',
  model: 'authentik_events.notificationrule',
  key: 'rule_uuid',
  labels: ['name'],
};

const bindings = (targets: readonly string[]): AuditedTable => ({
  table: 'policy_binding',
  model: 'authentik_policies.policybinding',
  key: 'policy_binding_uuid',
  labels: [...targets, 'order'],
  fields: Object.fromEntries(targets.map((target) => [target, 'target'])),
});

/**
 * Notifications: rules with their transports, and what users were notified of. A trigger queues each event for the rules,
 * except those about notifications and those that the evaluation of rules writes: no notification leads to another.
 */
export class Notifications1795911100000 implements MigrationInterface {
  name = 'Notifications1795911100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of tables) await queryRunner.query(statement);
    for (const [table, key] of [
      ['notification', 'notification_uuid'],
      ['notification_rule', 'rule_uuid'],
      ['notification_transport', 'transport_uuid'],
    ]) {
      await queryRunner.query(`
        CREATE TRIGGER "tr_${table}_forget_grants" AFTER DELETE ON "${table}"
        REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('${key}')
      `);
    }
    await auditTable(queryRunner, {
      table: 'notification_transport',
      model: 'authentik_events.notificationtransport',
      key: 'transport_uuid',
      labels: ['name'],
      // The state of the deliveries.
      fields: { failing_since: null, last_failure: null, lease_until: null },
    });
    await auditTable(queryRunner, rules);
    await dropAudit(queryRunner, 'policy_binding');
    await auditTable(queryRunner, bindings(['flow_uuid', 'fsb_uuid', 'rule_uuid']));
    await auditLinks(queryRunner, {
      table: 'notification_rule_transport',
      owner: rules,
      column: 'rule_uuid',
      field: 'transports',
      value: 'link."transport_uuid"',
      counts: `EXISTS (SELECT FROM "notification_transport" t WHERE t."transport_uuid" = link."transport_uuid")`,
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "tr_event_queue_for_rules" ON "event"`);
    await queryRunner.query(`DROP FUNCTION "queue_for_rules"`);
    await dropAudit(queryRunner, 'policy_binding');
    await auditTable(queryRunner, bindings(['flow_uuid', 'fsb_uuid']));
    await queryRunner.query(`DELETE FROM "policy_binding" WHERE "rule_uuid" IS NOT NULL`);
    await queryRunner.query(`
      ALTER TABLE "policy_binding"
      DROP CONSTRAINT "ck_policy_binding_target",
      DROP COLUMN "rule_uuid",
      ADD CONSTRAINT "ck_policy_binding_target" CHECK (num_nonnulls("flow_uuid", "fsb_uuid") = 1)
    `);
    await queryRunner.query(`DELETE FROM "webhook_delivery" WHERE "transport_uuid" IS NOT NULL`);
    await queryRunner.query(`
      ALTER TABLE "webhook_delivery"
      DROP CONSTRAINT "ck_webhook_delivery_receiver",
      DROP COLUMN "transport_uuid",
      ALTER "endpoint_uuid" SET NOT NULL
    `);
    for (const table of ['notification_rule_transport', 'notification_rule', 'notification_transport']) {
      await dropAudit(queryRunner, table);
    }
    for (const table of ['event_for_rules', 'notification', 'notification_rule_transport', 'notification_rule']) {
      await queryRunner.query(`DROP TABLE "${table}"`);
    }
    await queryRunner.query(`DROP TABLE "notification_transport"`);
  }
}

const tables = [
  `CREATE TABLE "notification_transport" (
    "transport_uuid" uuid NOT NULL,
    "name" text NOT NULL,
    "mode" text NOT NULL DEFAULT 'local',
    "webhook_url" text NOT NULL DEFAULT '',
    "send_once" boolean NOT NULL DEFAULT false,
    "failing_since" TIMESTAMP WITH TIME ZONE,
    "last_failure" TIMESTAMP WITH TIME ZONE,
    "lease_until" TIMESTAMP WITH TIME ZONE,
    CONSTRAINT "uq_notification_transport_name" UNIQUE ("name"),
    CONSTRAINT "ck_notification_transport_mode" CHECK ("mode" IN ('local', 'webhook', 'webhook_slack', 'email')),
    CONSTRAINT "ck_notification_transport_url" CHECK ("mode" NOT IN ('webhook', 'webhook_slack') OR "webhook_url" <> ''),
    CONSTRAINT "pk_notification_transport" PRIMARY KEY ("transport_uuid")
  )`,
  `CREATE TABLE "notification_rule" (
    "rule_uuid" uuid NOT NULL,
    "name" text NOT NULL,
    "severity" text NOT NULL DEFAULT 'notice',
    "group_uuid" uuid,
    CONSTRAINT "uq_notification_rule_name" UNIQUE ("name"),
    CONSTRAINT "ck_notification_rule_severity" CHECK ("severity" IN ('notice', 'warning', 'alert')),
    CONSTRAINT "pk_notification_rule" PRIMARY KEY ("rule_uuid"),
    CONSTRAINT "fk_notification_rule_group" FOREIGN KEY ("group_uuid") REFERENCES "group"("group_uuid") ON DELETE SET NULL
  )`,
  `CREATE INDEX "ix_notification_rule_group" ON "notification_rule" ("group_uuid")`,
  `CREATE TABLE "notification_rule_transport" (
    "rule_uuid" uuid NOT NULL,
    "transport_uuid" uuid NOT NULL,
    CONSTRAINT "pk_notification_rule_transport" PRIMARY KEY ("rule_uuid", "transport_uuid"),
    CONSTRAINT "fk_notification_rule_transport_rule" FOREIGN KEY ("rule_uuid") REFERENCES "notification_rule"("rule_uuid") ON DELETE CASCADE,
    CONSTRAINT "fk_notification_rule_transport_transport" FOREIGN KEY ("transport_uuid") REFERENCES "notification_transport"("transport_uuid") ON DELETE CASCADE
  )`,
  `CREATE INDEX "ix_notification_rule_transport_transport" ON "notification_rule_transport" ("transport_uuid")`,
  `CREATE TABLE "notification" (
    "notification_uuid" uuid NOT NULL,
    "severity" text NOT NULL,
    "body" text NOT NULL,
    "event_uuid" uuid,
    "user_id" integer NOT NULL,
    "seen" boolean NOT NULL DEFAULT false,
    "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    CONSTRAINT "ck_notification_severity" CHECK ("severity" IN ('notice', 'warning', 'alert')),
    CONSTRAINT "pk_notification" PRIMARY KEY ("notification_uuid"),
    CONSTRAINT "fk_notification_event" FOREIGN KEY ("event_uuid") REFERENCES "event"("event_uuid") ON DELETE SET NULL,
    CONSTRAINT "fk_notification_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE
  )`,
  `CREATE INDEX "ix_notification_user" ON "notification" ("user_id", "created")`,
  `CREATE INDEX "ix_notification_event" ON "notification" ("event_uuid")`,
  `CREATE INDEX "ix_notification_created" ON "notification" ("created")`,
  `ALTER TABLE "policy_binding"
    ADD "rule_uuid" uuid,
    ADD CONSTRAINT "fk_policy_binding_rule" FOREIGN KEY ("rule_uuid") REFERENCES "notification_rule"("rule_uuid") ON DELETE CASCADE,
    DROP CONSTRAINT "ck_policy_binding_target",
    ADD CONSTRAINT "ck_policy_binding_target" CHECK (num_nonnulls("flow_uuid", "fsb_uuid", "rule_uuid") = 1)`,
  `CREATE INDEX "ix_policy_binding_rule" ON "policy_binding" ("rule_uuid")`,
  `ALTER TABLE "webhook_delivery"
    ALTER "endpoint_uuid" DROP NOT NULL,
    ADD "transport_uuid" uuid,
    ADD CONSTRAINT "fk_webhook_delivery_transport" FOREIGN KEY ("transport_uuid") REFERENCES "notification_transport"("transport_uuid") ON DELETE CASCADE,
    ADD CONSTRAINT "ck_webhook_delivery_receiver" CHECK (num_nonnulls("endpoint_uuid", "transport_uuid") = 1)`,
  `CREATE INDEX "ix_webhook_delivery_transport" ON "webhook_delivery" ("transport_uuid", "next_attempt") WHERE transport_uuid is not null`,
  `CREATE TABLE "event_for_rules" (
    "event_uuid" uuid NOT NULL,
    "not_before" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    "failures" integer NOT NULL DEFAULT 0,
    "rules" uuid[],
    CONSTRAINT "pk_event_for_rules" PRIMARY KEY ("event_uuid"),
    CONSTRAINT "fk_event_for_rules_event" FOREIGN KEY ("event_uuid") REFERENCES "event"("event_uuid") ON DELETE CASCADE
  )`,
  `CREATE INDEX "ix_event_for_rules_not_before" ON "event_for_rules" ("not_before")`,
  `CREATE FUNCTION "queue_for_rules"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      IF coalesce(current_setting('notifications.firing', true), '') = 'on' THEN
        RETURN NULL;
      END IF;
      INSERT INTO "event_for_rules" ("event_uuid")
      SELECT a."event_uuid" FROM "added" a
       WHERE a."app" <> 'authentik.notifications'
         -- The release before, whose workers may send the mails during an update, writes another app for them.
         AND a."context"->>'template' IS DISTINCT FROM 'email/event_notification.html'
         AND EXISTS (SELECT FROM "notification_rule" r WHERE r."group_uuid" IS NOT NULL);
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER "tr_event_queue_for_rules" AFTER INSERT ON "event"
   REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "queue_for_rules"()`,
];
