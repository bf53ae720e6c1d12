import type { MigrationInterface, QueryRunner } from 'typeorm';

import { auditTable, dropAudit } from '../audit-triggers.js';

/** Templates of mails in the database, with their versions. */
export class MailTemplates1795903000000 implements MigrationInterface {
  name = 'MailTemplates1795903000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "mail_template" (
        "template_uuid" uuid NOT NULL,
        "name" text NOT NULL,
        "html" text NOT NULL,
        "text" text NOT NULL DEFAULT '',
        "version" integer NOT NULL DEFAULT '1',
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "last_updated" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "uq_mail_template_name" UNIQUE ("name"),
        CONSTRAINT "pk_mail_template" PRIMARY KEY ("template_uuid")
      )`,
    );
    await queryRunner.query(
      `CREATE TABLE "mail_template_version" (
        "template_uuid" uuid NOT NULL,
        "version" integer NOT NULL,
        "name" text NOT NULL,
        "html" text NOT NULL,
        "text" text NOT NULL,
        "username" text NOT NULL,
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "pk_mail_template_version" PRIMARY KEY ("template_uuid", "version"),
        CONSTRAINT "fk_mail_template_version_template" FOREIGN KEY ("template_uuid")
            REFERENCES "mail_template"("template_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
      )`,
    );
    await queryRunner.query(`
      CREATE TRIGGER "tr_mail_template_forget_grants" AFTER DELETE ON "mail_template"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('template_uuid')
    `);
    await auditTable(queryRunner, {
      table: 'mail_template',
      model: 'authentik_mail.mailtemplate',
      key: 'template_uuid',
      labels: ['name'],
      fields: { version: null, last_updated: null },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "mail_template_version"`);
    await dropAudit(queryRunner, 'mail_template');
    await queryRunner.query(`DROP TABLE "mail_template"`);
  }
}
