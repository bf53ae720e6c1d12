import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How and in which run an address was proved, and until when the account had it. A change of address ends its proof. */
export class AddressProofs1795888350000 implements MigrationInterface {
  name = 'AddressProofs1795888350000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "account_address"
              ADD COLUMN "method" text,
              ADD COLUMN "run" uuid,
              ADD COLUMN "until" TIMESTAMP WITH TIME ZONE,
              ADD CONSTRAINT "ck_account_address_method" CHECK ("method" IN ('link', 'code'))
        `);
    await queryRunner.query(`
            ALTER TABLE "flow_token"
              ADD COLUMN "spent_by" text,
              ADD CONSTRAINT "ck_flow_token_spent_by" CHECK ("spent_by" IN ('link', 'code'))
        `);
    await queryRunner.query(`
            UPDATE "account_address" a SET "until" = now()
              FROM "user" u WHERE u."id" = a."user_id" AND u."email" <> a."address"
        `);
    await queryRunner.query(`
            CREATE OR REPLACE FUNCTION "record_address"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF NEW."email" = OLD."email" THEN
                        RETURN NULL;
                    END IF;
                    UPDATE "account_address" SET "until" = now() WHERE "user_id" = OLD."id" AND "address" = OLD."email";
                END IF;
                IF NEW."email" <> '' THEN
                    INSERT INTO "account_address" ("user_id", "address") VALUES (NEW."id", NEW."email")
                    ON CONFLICT ("user_id", "address") DO UPDATE
                        SET "since" = now(), "until" = NULL, "proved" = NULL, "method" = NULL, "run" = NULL;
                END IF;
                RETURN NULL;
            END $$
        `);
    await queryRunner.query(`DROP TRIGGER "tr_user_address" ON "user"`);
    await queryRunner.query(`
            CREATE TRIGGER "tr_user_address" AFTER INSERT OR UPDATE OF "email" ON "user"
            FOR EACH ROW EXECUTE FUNCTION "record_address"()
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "tr_user_address" ON "user"`);
    await queryRunner.query(`
            CREATE OR REPLACE FUNCTION "record_address"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                INSERT INTO "account_address" ("user_id", "address") VALUES (NEW."id", NEW."email") ON CONFLICT DO NOTHING;
                RETURN NULL;
            END $$
        `);
    await queryRunner.query(`
            CREATE TRIGGER "tr_user_address" AFTER INSERT OR UPDATE OF "email" ON "user"
            FOR EACH ROW WHEN (NEW."email" <> '') EXECUTE FUNCTION "record_address"()
        `);
    await queryRunner.query(
      `ALTER TABLE "flow_token" DROP CONSTRAINT "ck_flow_token_spent_by", DROP COLUMN "spent_by"`,
    );
    await queryRunner.query(`
            ALTER TABLE "account_address" DROP CONSTRAINT "ck_account_address_method",
              DROP COLUMN "method", DROP COLUMN "run", DROP COLUMN "until"
        `);
  }
}
