import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links by which the owner of an address says that they did not sign up, or did not change their account. */
export class NotMeLinks1795880800000 implements MigrationInterface {
  name = 'NotMeLinks1795880800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "not_me_link" (
                "link_uuid" uuid NOT NULL,
                "key_hash" bytea NOT NULL,
                "kind" text NOT NULL,
                "user_id" integer,
                "address" text NOT NULL,
                "created" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "expires" TIMESTAMP WITH TIME ZONE NOT NULL,
                "used" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "uq_not_me_link_key_hash" UNIQUE ("key_hash"),
                CONSTRAINT "ck_not_me_link_kind" CHECK ("kind" IN ('sign_up', 'change', 'address')),
                CONSTRAINT "pk_not_me_link" PRIMARY KEY ("link_uuid"),
                CONSTRAINT "fk_not_me_link_user" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE SET NULL
            )
        `);
    await queryRunner.query(`CREATE INDEX "ix_not_me_link_user" ON "not_me_link" ("user_id")`);
    await queryRunner.query(`CREATE INDEX "ix_not_me_link_expires" ON "not_me_link" ("expires")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "not_me_link"`);
  }
}
