import type { MigrationInterface, QueryRunner } from 'typeorm';

import { auditTable, dropAudit } from '../audit-triggers.js';

/** Transports that email stages can refer to. */
export class NamedTransports1795888400000 implements MigrationInterface {
  name = 'NamedTransports1795888400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "named_transport" (
        "transport_uuid" uuid NOT NULL,
        "name" text NOT NULL,
        "url" text NOT NULL,
        "shown_url" text NOT NULL,
        "from_address" character varying(254) NOT NULL,
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "last_updated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "uq_named_transport_name" UNIQUE ("name"),
        CONSTRAINT "pk_named_transport" PRIMARY KEY ("transport_uuid")
      )`,
    );
    await queryRunner.query(`
      CREATE TRIGGER "tr_named_transport_forget_grants" AFTER DELETE ON "named_transport"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('transport_uuid')
    `);
    await auditTable(queryRunner, {
      table: 'named_transport',
      model: 'authentik_mail.namedtransport',
      key: 'transport_uuid',
      labels: ['name'],
      fields: { shown_url: null, last_updated: null },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropAudit(queryRunner, 'named_transport');
    await queryRunner.query(`DROP TABLE "named_transport"`);
  }
}
