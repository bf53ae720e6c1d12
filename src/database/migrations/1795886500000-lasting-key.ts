import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sealed key of identifiers that stay the same when SECRET_KEY is rotated, such as the `uid` of a user. */
export class LastingKey1795886500000 implements MigrationInterface {
  name = 'LastingKey1795886500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "secret_check" ADD "lasting_key" text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "secret_check" DROP COLUMN "lasting_key"`);
  }
}
