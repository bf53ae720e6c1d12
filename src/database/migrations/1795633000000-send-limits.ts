import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many mails an email stage sends to one recipient. */
export class SendLimits1795633000000 implements MigrationInterface {
  name = 'SendLimits1795633000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD "recovery_max_attempts" integer
        `);
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD "recovery_cache_timeout" text
        `);
    await queryRunner.query(`
            UPDATE "stage"
            SET "recovery_max_attempts" = 5, "recovery_cache_timeout" = 'minutes=5'
            WHERE "kind" = 'email'
        `);
    await queryRunner.query(`
            ALTER TABLE "stage" DROP CONSTRAINT "ck_stage_email"
        `);
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD CONSTRAINT "ck_stage_email" CHECK (
                "kind" <> 'email'
                OR num_nulls(
                    "use_global_settings",
                    "host",
                    "port",
                    "username",
                    "password",
                    "use_tls",
                    "use_ssl",
                    "timeout",
                    "from_address",
                    "token_expiry",
                    "subject",
                    "template",
                    "activate_user_on_success",
                    "recovery_max_attempts",
                    "recovery_cache_timeout"
                ) = 0
            )
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "stage" DROP CONSTRAINT "ck_stage_email"
        `);
    await queryRunner.query(`
            ALTER TABLE "stage"
            ADD CONSTRAINT "ck_stage_email" CHECK (
                "kind" <> 'email'
                OR num_nulls(
                    "use_global_settings",
                    "host",
                    "port",
                    "username",
                    "password",
                    "use_tls",
                    "use_ssl",
                    "timeout",
                    "from_address",
                    "token_expiry",
                    "subject",
                    "template",
                    "activate_user_on_success"
                ) = 0
            )
        `);
    await queryRunner.query(`
            ALTER TABLE "stage" DROP COLUMN "recovery_cache_timeout"
        `);
    await queryRunner.query(`
            ALTER TABLE "stage" DROP COLUMN "recovery_max_attempts"
        `);
  }
}
