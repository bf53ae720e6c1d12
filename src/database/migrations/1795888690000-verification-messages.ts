import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the verification of a mail that has failed. */
export class VerificationMessages1795888690000 implements MigrationInterface {
  name = 'VerificationMessages1795888690000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX "ix_verification_message" ON "verification" ("message_uuid") WHERE "status" = 'pending'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "ix_verification_message"`);
  }
}
