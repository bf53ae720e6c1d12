import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The user whose address a verification proves, if it names one. */
export class VerifiedUsers1795901200000 implements MigrationInterface {
  name = 'VerifiedUsers1795901200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "verification" ADD "user_id" integer`);
    await queryRunner.query(`CREATE INDEX "ix_verification_user" ON "verification" ("user_id")`);
    await queryRunner.query(`
            ALTER TABLE "verification" ADD CONSTRAINT "fk_verification_user"
            FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "verification" DROP COLUMN "user_id"`);
  }
}
