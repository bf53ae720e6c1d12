import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Verifications of addresses, and the keys that sign their results. */
export class Verifications1795888600000 implements MigrationInterface {
  name = 'Verifications1795888600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "verification" (
        "verification_uuid" uuid NOT NULL,
        "key_hash" bytea NOT NULL,
        "email" text NOT NULL,
        "method" text NOT NULL,
        "status" text NOT NULL DEFAULT 'pending',
        "stage_uuid" uuid,
        "template" text NOT NULL,
        "locale" text NOT NULL,
        "redirect_url" text,
        "data" jsonb NOT NULL DEFAULT '{}',
        "external_id" character varying(255) NOT NULL DEFAULT '',
        "mails" integer NOT NULL DEFAULT 1,
        "message_uuid" uuid NOT NULL,
        "code_expires" TIMESTAMP WITH TIME ZONE NOT NULL,
        "attempts" integer NOT NULL DEFAULT 0,
        "created_by_id" integer NOT NULL,
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "expires" TIMESTAMP WITH TIME ZONE NOT NULL,
        "approved_at" TIMESTAMP WITH TIME ZONE,
        "approved_by" text,
        CONSTRAINT "uq_verification_key_hash" UNIQUE ("key_hash"),
        CONSTRAINT "ck_verification_status"
          CHECK ("status" IN ('pending', 'approved', 'canceled', 'expired', 'failed', 'max_attempts')),
        CONSTRAINT "ck_verification_method" CHECK ("method" IN ('link', 'code', 'both')),
        CONSTRAINT "ck_verification_approved_by" CHECK ("approved_by" IN ('link', 'code')),
        CONSTRAINT "pk_verification" PRIMARY KEY ("verification_uuid"),
        CONSTRAINT "fk_verification_created_by" FOREIGN KEY ("created_by_id") REFERENCES "user"("id") ON DELETE CASCADE
      )`,
    );
    await queryRunner.query(`CREATE INDEX "ix_verification_created" ON "verification" ("created")`);
    await queryRunner.query(`CREATE INDEX "ix_verification_expires" ON "verification" ("expires")`);
    await queryRunner.query(
      `CREATE INDEX "ix_verification_pending" ON "verification" ("expires") WHERE "status" = 'pending'`,
    );
    await queryRunner.query(`CREATE INDEX "ix_verification_email" ON "verification" ("email")`);
    await queryRunner.query(`CREATE INDEX "ix_verification_external_id" ON "verification" ("external_id")`);
    await queryRunner.query(`CREATE INDEX "ix_verification_created_by" ON "verification" ("created_by_id")`);
    await queryRunner.query(`
      CREATE TRIGGER "tr_verification_forget_grants" AFTER DELETE ON "verification"
      REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION "forget_grants"('verification_uuid')
    `);
    await queryRunner.query(
      `CREATE TABLE "signing_key" (
        "key_uuid" uuid NOT NULL,
        "public_key" jsonb NOT NULL,
        "private_key" text NOT NULL,
        "is_active" boolean NOT NULL DEFAULT true,
        "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "retired" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT "pk_signing_key" PRIMARY KEY ("key_uuid")
      )`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_signing_key_active" ON "signing_key" ("is_active") WHERE "is_active"`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "signing_key"`);
    await queryRunner.query(`DROP TABLE "verification"`);
  }
}
