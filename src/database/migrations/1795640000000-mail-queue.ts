import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requeued mails restart their schedule, and a mail in delivery needs fewer writes. */
export class MailQueue1795640000000 implements MigrationInterface {
  name = 'MailQueue1795640000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "mail_message"
            ADD "earlier_attempts" integer NOT NULL DEFAULT 0,
            ADD "queued" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
        `);
    await queryRunner.query(`
            UPDATE "mail_message" SET "queued" = "created"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_mail_message_waiting"
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_mail_message_waiting" ON "mail_message" ("next_attempt")
            WHERE "next_attempt" IS NOT NULL
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP INDEX "public"."ix_mail_message_waiting"
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_mail_message_waiting" ON "mail_message" ("next_attempt")
            WHERE "state" IN ('queued', 'sending', 'retrying')
        `);
    await queryRunner.query(`
            ALTER TABLE "mail_message"
            DROP COLUMN "queued",
            DROP COLUMN "earlier_attempts"
        `);
  }
}
