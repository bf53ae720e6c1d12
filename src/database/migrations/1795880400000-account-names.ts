import type { MigrationInterface, QueryRunner } from 'typeorm';

const columns = { username: `"username"`, email: `"email"`, upn: `"attributes" ->> 'upn'` };

/**
 * Accounts are found by names after NFKC, and user names that look alike by their skeleton. No constraint: accounts
 * from before may have such names, and keep them. The next start computes the skeletons that are null.
 */
export class AccountNames1795880400000 implements MigrationInterface {
  name = 'AccountNames1795880400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "user" ADD "username_skeleton" text`);
    await queryRunner.query(`CREATE INDEX "ix_user_username_skeleton" ON "user" ("username_skeleton")`);
    for (const [name, column] of Object.entries(columns)) {
      await queryRunner.query(
        `CREATE INDEX "ix_user_name_${name}" ON "user"
           ((left(lower(normalize(${column}, NFKC) COLLATE "und-x-icu"), 254)) COLLATE "C")`,
      );
      await queryRunner.query(`DROP INDEX "ix_user_lower_${name}"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name, column] of Object.entries(columns)) {
      await queryRunner.query(`CREATE INDEX "ix_user_lower_${name}" ON "user" ((lower(${column})))`);
      await queryRunner.query(`DROP INDEX "ix_user_name_${name}"`);
    }
    await queryRunner.query(`DROP INDEX "ix_user_username_skeleton"`);
    await queryRunner.query(`ALTER TABLE "user" DROP COLUMN "username_skeleton"`);
  }
}
