import type { MigrationInterface, QueryRunner } from 'typeorm';

const holders = ['session', 'flow_token'];

/**
 * Answers of flow runs, stored once for the session and the links that refer to them. Triggers at the end of a
 * transaction delete them with the last reference; their lock orders transactions that end two references at a time.
 */
export class RunAnswers1795881700000 implements MigrationInterface {
  name = 'RunAnswers1795881700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "run_answers" (
                "key" text NOT NULL,
                "data" text NOT NULL,
                CONSTRAINT "pk_run_answers" PRIMARY KEY ("key")
            )
        `);
    await queryRunner.query(`
            CREATE FUNCTION "delete_unused_answers"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                PERFORM FROM "run_answers" WHERE "key" = OLD."answers" FOR UPDATE;
                DELETE FROM "run_answers" a WHERE a."key" = OLD."answers"
                    AND NOT EXISTS (SELECT FROM "session" s WHERE s."answers" = a."key")
                    AND NOT EXISTS (SELECT FROM "flow_token" t WHERE t."answers" = a."key");
                RETURN NULL;
            END $$
        `);
    for (const table of holders) {
      await queryRunner.query(`
            ALTER TABLE "${table}" ADD "answers" text,
            ADD CONSTRAINT "fk_${table}_answers" FOREIGN KEY ("answers") REFERENCES "run_answers"("key") ON DELETE NO ACTION ON UPDATE NO ACTION
        `);
      await queryRunner.query(`
            CREATE INDEX "ix_${table}_answers" ON "${table}" ("answers")
        `);
      await queryRunner.query(`
            CREATE CONSTRAINT TRIGGER "tr_${table}_answers_update" AFTER UPDATE ON "${table}" DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (OLD."answers" <> coalesce(NEW."answers", '')) EXECUTE FUNCTION "delete_unused_answers"()
        `);
      await queryRunner.query(`
            CREATE CONSTRAINT TRIGGER "tr_${table}_answers_delete" AFTER DELETE ON "${table}" DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (OLD."answers" IS NOT NULL) EXECUTE FUNCTION "delete_unused_answers"()
        `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of holders) {
      await queryRunner.query(`DROP TRIGGER "tr_${table}_answers_delete" ON "${table}"`);
      await queryRunner.query(`DROP TRIGGER "tr_${table}_answers_update" ON "${table}"`);
      await queryRunner.query(`ALTER TABLE "${table}" DROP COLUMN "answers"`);
    }
    await queryRunner.query(`DROP FUNCTION "delete_unused_answers"`);
    await queryRunner.query(`DROP TABLE "run_answers"`);
  }
}
