import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The transport of an email stage, and of a delivery attempt. */
export class StageTransports1795888401000 implements MigrationInterface {
  name = 'StageTransports1795888401000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "stage"
      ADD "transport_uuid" uuid,
      ADD CONSTRAINT "fk_stage_transport" FOREIGN KEY ("transport_uuid") REFERENCES "named_transport"("transport_uuid")
          ON DELETE SET NULL ON UPDATE NO ACTION
    `);
    await queryRunner.query(`CREATE INDEX "ix_stage_transport" ON "stage" ("transport_uuid")`);
    await queryRunner.query(`ALTER TABLE "delivery_attempt" ADD "transport" text NOT NULL DEFAULT ''`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "delivery_attempt" DROP COLUMN "transport"`);
    await queryRunner.query(`ALTER TABLE "stage" DROP COLUMN "transport_uuid"`);
  }
}
