import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The names that identify users, case-insensitive. */
const names = {
  username: `lower("username")`,
  email: `lower("email")`,
  upn: `lower("attributes" ->> 'upn')`,
};

/** Index that finds users by a typed name. */
export class UserNames1795633600000 implements MigrationInterface {
  name = 'UserNames1795633600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, text] of Object.entries(names)) {
      await queryRunner.query(`CREATE INDEX "ix_user_lower_${name}" ON "user" ((${text}))`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of Object.keys(names)) {
      await queryRunner.query(`DROP INDEX "ix_user_lower_${name}"`);
    }
  }
}
