import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Idempotency keys and rate-limit counters. */
export class Requests1795490063502 implements MigrationInterface {
  name = 'Requests1795490063502';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "idempotency_record" (
                "user_id" integer NOT NULL,
                "route" text NOT NULL,
                "key" text NOT NULL,
                "fingerprint" bytea NOT NULL,
                "answer" json,
                "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                CONSTRAINT "pk_idempotency_record" PRIMARY KEY ("user_id", "route", "key")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_idempotency_record_created" ON "idempotency_record" ("created")
        `);
    await queryRunner.query(`
            CREATE TABLE "request_limit" (
                "key" text NOT NULL,
                "count" integer NOT NULL,
                "ends" TIMESTAMP WITH TIME ZONE NOT NULL,
                CONSTRAINT "pk_request_limit" PRIMARY KEY ("key")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_request_limit_ends" ON "request_limit" ("ends")
        `);
    await queryRunner.query(`
            ALTER TABLE "idempotency_record"
            ADD CONSTRAINT "fk_idempotency_record_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "idempotency_record" DROP CONSTRAINT "fk_idempotency_record_user"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_request_limit_ends"
        `);
    await queryRunner.query(`
            DROP TABLE "request_limit"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_idempotency_record_created"
        `);
    await queryRunner.query(`
            DROP TABLE "idempotency_record"
        `);
  }
}
