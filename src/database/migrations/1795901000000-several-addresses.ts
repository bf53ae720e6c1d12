import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The form in which addresses are compared (`nameKey`). */
const key = (expression: string): string =>
  `left(lower(normalize(${expression}, NFKC) collate "und-x-icu"), 254) collate "C"`;

/**
 * Several addresses of one account: every row without an end is an address that the account has, and `user.email` is the
 * primary one. An account has an address in one spelling. A new primary address that the account has already keeps its
 * proof.
 */
export class SeveralAddresses1795901000000 implements MigrationInterface {
  name = 'SeveralAddresses1795901000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE UNIQUE INDEX "uq_account_address_held" ON "account_address" ((${key('"address"')}), "user_id")
            WHERE "until" IS NULL
        `);
    await queryRunner.query(`
            CREATE OR REPLACE FUNCTION "record_address"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF NEW."email" = OLD."email" THEN
                        RETURN NULL;
                    END IF;
                    UPDATE "account_address" SET "until" = now()
                     WHERE "user_id" = OLD."id" AND "until" IS NULL AND "address" <> NEW."email"
                       AND ("address" = OLD."email" OR ${key('"address"')} = ${key('NEW."email"')});
                END IF;
                IF NEW."email" <> '' THEN
                    INSERT INTO "account_address" AS a ("user_id", "address") VALUES (NEW."id", NEW."email")
                    ON CONFLICT ("user_id", "address") DO UPDATE
                        SET "since" = now(), "until" = NULL, "proved" = NULL, "method" = NULL, "run" = NULL
                      WHERE a."until" IS NOT NULL;
                END IF;
                RETURN NULL;
            END $$
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
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
    await queryRunner.query(`
            UPDATE "account_address" a SET "until" = now()
              FROM "user" u WHERE u."id" = a."user_id" AND u."email" <> a."address" AND a."until" IS NULL
        `);
    await queryRunner.query(`DROP INDEX "uq_account_address_held"`);
  }
}
