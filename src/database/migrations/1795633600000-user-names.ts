import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whatever users are found by when they say who they are, in any case. */
const names = {
  username: `lower("username")`,
  email: `lower("email")`,
  upn: `lower("attributes" ->> 'upn')`,
};

/** Finds users by what they type, however many there are. */
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
