import type { MigrationInterface, QueryRunner } from 'typeorm';

const objects = [
  ['mail_message', 'message_uuid'],
  ['event', 'event_uuid'],
  ['blueprint_instance', 'instance_uuid'],
] as const;

/** Deletes the permissions on a mail, an event or a blueprint with it, as for every other object. */
export class ForgottenGrants1795642000000 implements MigrationInterface {
  name = 'ForgottenGrants1795642000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, key] of objects) {
      await queryRunner.query(`
            CREATE TRIGGER "tr_${table}_forget_grants" AFTER DELETE ON "${table}"
            REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('${key}')
        `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table] of objects) {
      await queryRunner.query(`
            DROP TRIGGER "tr_${table}_forget_grants" ON "${table}"
        `);
    }
  }
}
