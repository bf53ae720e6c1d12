import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails and the tries to send them; the log of events. */
export class Mail1795489393723 implements MigrationInterface {
  name = 'Mail1795489393723';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "event" (
                "event_uuid" uuid NOT NULL,
                "action" text NOT NULL,
                "app" text NOT NULL,
                "user" jsonb NOT NULL DEFAULT '{}',
                "context" jsonb NOT NULL DEFAULT '{}',
                "client_ip" text,
                "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "expires" TIMESTAMP WITH TIME ZONE NOT NULL,
                CONSTRAINT "pk_event" PRIMARY KEY ("event_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_event_action" ON "event" ("action")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_event_expires" ON "event" ("expires")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_event_created" ON "event" ("created")
        `);
    await queryRunner.query(`
            CREATE TABLE "mail_message" (
                "message_uuid" uuid NOT NULL,
                "message_id" text NOT NULL,
                "state" text NOT NULL DEFAULT 'queued',
                "stage_uuid" uuid,
                "template" text NOT NULL,
                "subject" text NOT NULL,
                "data" jsonb NOT NULL,
                "recipient_name" text NOT NULL DEFAULT '',
                "recipient_address" text NOT NULL,
                "from_address" text NOT NULL,
                "locale" text NOT NULL,
                "attempts" integer NOT NULL DEFAULT '0',
                "next_attempt" TIMESTAMP WITH TIME ZONE,
                "lease_until" TIMESTAMP WITH TIME ZONE,
                "deadline" TIMESTAMP WITH TIME ZONE,
                "reason" text NOT NULL DEFAULT '',
                "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "finished" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "uq_mail_message_message_id" UNIQUE ("message_id"),
                CONSTRAINT "ck_mail_message_state" CHECK (
                    "state" IN (
                        'queued',
                        'sending',
                        'retrying',
                        'sent',
                        'captured',
                        'failed',
                        'discarded'
                    )
                ),
                CONSTRAINT "pk_mail_message" PRIMARY KEY ("message_uuid")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_mail_message_stage" ON "mail_message" ("stage_uuid")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_mail_message_recipient" ON "mail_message" ("recipient_address")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_mail_message_finished" ON "mail_message" ("finished")
            WHERE "finished" IS NOT NULL
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_mail_message_waiting" ON "mail_message" ("next_attempt")
            WHERE "state" IN ('queued', 'sending', 'retrying')
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_mail_message_created" ON "mail_message" ("created")
        `);
    await queryRunner.query(`
            CREATE TABLE "delivery_attempt" (
                "attempt_uuid" uuid NOT NULL,
                "message_uuid" uuid NOT NULL,
                "number" integer NOT NULL,
                "started" TIMESTAMP WITH TIME ZONE NOT NULL,
                "ended" TIMESTAMP WITH TIME ZONE,
                "outcome" text,
                "code" integer,
                "reply" text NOT NULL DEFAULT '',
                "reason" text NOT NULL DEFAULT '',
                "server" text NOT NULL DEFAULT '',
                "tls" text,
                CONSTRAINT "uq_delivery_attempt_number" UNIQUE ("message_uuid", "number"),
                CONSTRAINT "ck_delivery_attempt_outcome" CHECK (
                    "outcome" IN (
                        'accepted',
                        'captured',
                        'refused',
                        'deferred',
                        'interrupted'
                    )
                ),
                CONSTRAINT "pk_delivery_attempt" PRIMARY KEY ("attempt_uuid")
            )
        `);
    await queryRunner.query(`
            ALTER TABLE "delivery_attempt"
            ADD CONSTRAINT "fk_delivery_attempt_message" FOREIGN KEY ("message_uuid") REFERENCES "mail_message"("message_uuid") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "delivery_attempt" DROP CONSTRAINT "fk_delivery_attempt_message"
        `);
    await queryRunner.query(`
            DROP TABLE "delivery_attempt"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_mail_message_created"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_mail_message_waiting"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_mail_message_finished"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_mail_message_recipient"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_mail_message_stage"
        `);
    await queryRunner.query(`
            DROP TABLE "mail_message"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_event_created"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_event_expires"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_event_action"
        `);
    await queryRunner.query(`
            DROP TABLE "event"
        `);
  }
}
