import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One value that is sealed with SECRET_KEY, by which a start with another key is refused. */
export class SecretCheck1795886000000 implements MigrationInterface {
  name = 'SecretCheck1795886000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "secret_check" (
                "id" boolean NOT NULL DEFAULT true,
                "sealed" text NOT NULL,
                CONSTRAINT "pk_secret_check" PRIMARY KEY ("id"),
                CONSTRAINT "ck_secret_check_id" CHECK ("id")
            )
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "secret_check"`);
  }
}
