import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The processes that run on this database, each with the connections that it may open. */
export class Nodes1795888000000 implements MigrationInterface {
  name = 'Nodes1795888000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "node" (
                "node_uuid" uuid NOT NULL,
                "address" text NOT NULL,
                "connections" integer NOT NULL,
                "expires" timestamptz NOT NULL,
                CONSTRAINT "pk_node" PRIMARY KEY ("node_uuid")
            )
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "node"`);
  }
}
