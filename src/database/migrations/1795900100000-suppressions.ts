import type { MigrationInterface, QueryRunner } from 'typeorm';

import { auditTable, dropAudit } from '../audit-triggers.js';

/** Addresses and domains that get no mail. */
export class Suppressions1795900100000 implements MigrationInterface {
  name = 'Suppressions1795900100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "suppression" (
        "suppression_uuid" uuid NOT NULL,
        "address" character varying(320) NOT NULL,
        "reason" text NOT NULL DEFAULT 'manual',
        "message_uuid" uuid,
        "note" text NOT NULL DEFAULT '',
        "expires" TIMESTAMP WITH TIME ZONE,
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "last_updated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "uq_suppression_address" UNIQUE ("address"),
        CONSTRAINT "ck_suppression_reason" CHECK ("reason" IN ('manual', 'bounce', 'complaint')),
        CONSTRAINT "pk_suppression" PRIMARY KEY ("suppression_uuid")
      )`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_suppression_expires" ON "suppression" ("expires") WHERE "expires" IS NOT NULL`,
    );
    await queryRunner.query(`
      CREATE TRIGGER "tr_suppression_forget_grants" AFTER DELETE ON "suppression"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('suppression_uuid')
    `);
    await auditTable(queryRunner, {
      table: 'suppression',
      model: 'authentik_mail.suppression',
      key: 'suppression_uuid',
      labels: ['address'],
      fields: { last_updated: null },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropAudit(queryRunner, 'suppression');
    await queryRunner.query(`DROP TABLE "suppression"`);
  }
}
