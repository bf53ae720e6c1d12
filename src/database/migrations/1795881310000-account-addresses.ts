import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Addresses of accounts, since when they have them and whether they have proved them. A trigger misses no writer. */
export class AccountAddresses1795881310000 implements MigrationInterface {
  name = 'AccountAddresses1795881310000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "account_address" (
                "user_id" integer NOT NULL,
                "address" character varying(254) NOT NULL,
                "since" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "proved" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "pk_account_address" PRIMARY KEY ("user_id", "address"),
                CONSTRAINT "fk_account_address_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE
            )
        `);
    await queryRunner.query(`
            INSERT INTO "account_address" ("user_id", "address") SELECT "id", "email" FROM "user" WHERE "email" <> ''
        `);
    await queryRunner.query(`
            CREATE FUNCTION "record_address"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                INSERT INTO "account_address" ("user_id", "address") VALUES (NEW."id", NEW."email") ON CONFLICT DO NOTHING;
                RETURN NULL;
            END $$
        `);
    await queryRunner.query(`
            CREATE TRIGGER "tr_user_address" AFTER INSERT OR UPDATE OF "email" ON "user"
            FOR EACH ROW WHEN (NEW."email" <> '') EXECUTE FUNCTION "record_address"()
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "tr_user_address" ON "user"`);
    await queryRunner.query(`DROP FUNCTION "record_address"`);
    await queryRunner.query(`DROP TABLE "account_address"`);
  }
}
