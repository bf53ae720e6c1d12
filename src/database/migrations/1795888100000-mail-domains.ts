import type { MigrationInterface, QueryRunner } from 'typeorm';

import { auditTable, dropAudit } from '../audit-triggers.js';

/** Domains whose mails are signed, and their keys. */
export class MailDomains1795888100000 implements MigrationInterface {
  name = 'MailDomains1795888100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "mail_domain" (
        "domain_uuid" uuid NOT NULL,
        "name" character varying(253) NOT NULL,
        "signing" boolean NOT NULL DEFAULT true,
        "key_changes" integer NOT NULL DEFAULT 0,
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "last_updated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "uq_mail_domain_name" UNIQUE ("name"),
        CONSTRAINT "pk_mail_domain" PRIMARY KEY ("domain_uuid")
      )`,
    );
    await queryRunner.query(
      `CREATE TABLE "dkim_key" (
        "key_uuid" uuid NOT NULL,
        "domain_uuid" uuid NOT NULL,
        "selector" character varying(63) NOT NULL,
        "algorithm" text NOT NULL,
        "state" text NOT NULL DEFAULT 'pending',
        "public_key" text NOT NULL,
        "private_key" text NOT NULL,
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "uq_dkim_key_selector" UNIQUE ("domain_uuid", "selector"),
        CONSTRAINT "ck_dkim_key_algorithm" CHECK ("algorithm" IN ('rsa', 'ed25519')),
        CONSTRAINT "ck_dkim_key_state" CHECK ("state" IN ('pending', 'active', 'retired')),
        CONSTRAINT "pk_dkim_key" PRIMARY KEY ("key_uuid"),
        CONSTRAINT "fk_dkim_key_domain" FOREIGN KEY ("domain_uuid") REFERENCES "mail_domain"("domain_uuid") ON DELETE CASCADE
      )`,
    );
    await auditTable(queryRunner, {
      table: 'mail_domain',
      model: 'authentik_mail.maildomain',
      key: 'domain_uuid',
      labels: ['name'],
      fields: { key_changes: 'keys', last_updated: null },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropAudit(queryRunner, 'mail_domain');
    await queryRunner.query(`DROP TABLE "dkim_key"`);
    await queryRunner.query(`DROP TABLE "mail_domain"`);
  }
}
