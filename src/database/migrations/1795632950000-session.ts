import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions of visitors. */
export class Session1795632950000 implements MigrationInterface {
  name = 'Session1795632950000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "session" (
                "key_hash" bytea NOT NULL,
                "user_id" integer,
                "state" text NOT NULL,
                "replaced" boolean NOT NULL DEFAULT false,
                "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "expires" TIMESTAMP WITH TIME ZONE NOT NULL,
                CONSTRAINT "pk_session" PRIMARY KEY ("key_hash")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_session_user" ON "session" ("user_id")
        `);
    await queryRunner.query(`
            CREATE INDEX "ix_session_expires" ON "session" ("expires")
        `);
    await queryRunner.query(`
            ALTER TABLE "session"
            ADD CONSTRAINT "fk_session_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "session" DROP CONSTRAINT "fk_session_user"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_session_expires"
        `);
    await queryRunner.query(`
            DROP INDEX "public"."ix_session_user"
        `);
    await queryRunner.query(`
            DROP TABLE "session"
        `);
  }
}
