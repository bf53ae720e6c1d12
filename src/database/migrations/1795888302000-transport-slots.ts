import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Concurrency of transports, held over all workers. */
export class TransportSlots1795888302000 implements MigrationInterface {
  name = 'TransportSlots1795888302000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "transport_slot" (
        "key" text NOT NULL,
        "number" integer NOT NULL,
        "holder" uuid NOT NULL,
        "lease_until" TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT "pk_transport_slot" PRIMARY KEY ("key", "number")
      )`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "transport_slot"`);
  }
}
