import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deletes the permissions on a mail domain with it, as for every other object. */
export class DomainGrants1795888301000 implements MigrationInterface {
  name = 'DomainGrants1795888301000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TRIGGER "tr_mail_domain_forget_grants" AFTER DELETE ON "mail_domain"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('domain_uuid')
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "tr_mail_domain_forget_grants" ON "mail_domain"`);
  }
}
