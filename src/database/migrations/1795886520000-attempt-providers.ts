import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sent a mail, and the identifier that it gave the mail. */
export class AttemptProviders1795886520000 implements MigrationInterface {
  name = 'AttemptProviders1795886520000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "delivery_attempt"
            ADD "provider" text NOT NULL DEFAULT '',
            ADD "provider_message_id" text NOT NULL DEFAULT ''
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "delivery_attempt" DROP COLUMN "provider_message_id", DROP COLUMN "provider"`);
  }
}
