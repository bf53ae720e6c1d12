import type { MigrationInterface, QueryRunner } from 'typeorm';

import { type AuditedTable, auditTable, dropAudit } from '../audit-triggers.js';

const invitations: AuditedTable = {
  table: 'invitation',
  model: 'authentik_stages_invitation.invitation',
  key: 'invite_uuid',
  isKeySecret: true,
  labels: ['name'],
};

/** Invitations that were mailed, and the proof of an address by one. */
export class MailedInvitations1795901400000 implements MigrationInterface {
  name = 'MailedInvitations1795901400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "invitation"
              ADD "mailed_to" character varying(254),
              ADD "mail_key" uuid,
              ADD "mail_key_hash" bytea,
              ADD CONSTRAINT "uq_invitation_mail_key_hash" UNIQUE ("mail_key_hash")
        `);
    await dropAudit(queryRunner, 'invitation');
    await auditTable(queryRunner, { ...invitations, fields: { mail_key: null, mail_key_hash: null } });
    await queryRunner.query(`
            ALTER TABLE "account_address"
              DROP CONSTRAINT "ck_account_address_method",
              ADD CONSTRAINT "ck_account_address_method" CHECK ("method" IN ('link', 'code', 'invitation'))
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropAudit(queryRunner, 'invitation');
    await auditTable(queryRunner, invitations);
    await queryRunner.query(`UPDATE "account_address" SET "method" = NULL WHERE "method" = 'invitation'`);
    await queryRunner.query(`
            ALTER TABLE "account_address"
              DROP CONSTRAINT "ck_account_address_method",
              ADD CONSTRAINT "ck_account_address_method" CHECK ("method" IN ('link', 'code'))
        `);
    await queryRunner.query(`
            ALTER TABLE "invitation" DROP CONSTRAINT "uq_invitation_mail_key_hash",
              DROP COLUMN "mailed_to", DROP COLUMN "mail_key", DROP COLUMN "mail_key_hash"
        `);
  }
}
