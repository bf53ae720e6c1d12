import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bounces and complaints that providers report. */
export class MailFeedback1795900200000 implements MigrationInterface {
  name = 'MailFeedback1795900200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "mail_feedback" (
        "feedback_uuid" uuid NOT NULL,
        "message_uuid" uuid NOT NULL,
        "provider" text NOT NULL,
        "event" text NOT NULL,
        "kind" text NOT NULL,
        "reason" text NOT NULL,
        "happened" TIMESTAMP WITH TIME ZONE NOT NULL,
        "received" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "uq_mail_feedback_event" UNIQUE ("provider", "event"),
        CONSTRAINT "ck_mail_feedback_kind" CHECK ("kind" IN ('bounce', 'complaint')),
        CONSTRAINT "pk_mail_feedback" PRIMARY KEY ("feedback_uuid"),
        CONSTRAINT "fk_mail_feedback_message" FOREIGN KEY ("message_uuid")
          REFERENCES "mail_message" ("message_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
      )`,
    );
    await queryRunner.query(`CREATE INDEX "ix_mail_feedback_message" ON "mail_feedback" ("message_uuid")`);
    await queryRunner.query(
      `CREATE INDEX "ix_delivery_attempt_provider_message" ON "delivery_attempt" ("provider_message_id")
       WHERE "provider_message_id" <> ''`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "ix_delivery_attempt_provider_message"`);
    await queryRunner.query(`DROP TABLE "mail_feedback"`);
  }
}
