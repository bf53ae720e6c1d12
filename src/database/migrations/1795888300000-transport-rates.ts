import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rates of transports, held over all workers. */
export class TransportRates1795888300000 implements MigrationInterface {
  name = 'TransportRates1795888300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "transport_rate" (
        "key" text NOT NULL,
        "next" TIMESTAMP WITH TIME ZONE NOT NULL,
        "queue_ends" TIMESTAMP WITH TIME ZONE NOT NULL,
        "is_granted" boolean NOT NULL,
        CONSTRAINT "pk_transport_rate" PRIMARY KEY ("key")
      )`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "transport_rate"`);
  }
}
