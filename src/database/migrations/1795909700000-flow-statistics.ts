import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counters of the steps that runs of flows have reached and passed. */
export class FlowStatistics1795909700000 implements MigrationInterface {
  name = 'FlowStatistics1795909700000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "flow_statistic" (
        "flow_uuid" uuid NOT NULL,
        "step" uuid NOT NULL,
        "hour" TIMESTAMP WITH TIME ZONE NOT NULL,
        "reached" integer NOT NULL,
        "passed" integer NOT NULL,
        CONSTRAINT "pk_flow_statistic" PRIMARY KEY ("flow_uuid", "step", "hour"),
        CONSTRAINT "fk_flow_statistic_flow" FOREIGN KEY ("flow_uuid") REFERENCES "flow"("flow_uuid") ON DELETE CASCADE
      )
    `);
    await queryRunner.query(`CREATE INDEX "ix_flow_statistic_hour" ON "flow_statistic" ("hour")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "flow_statistic"`);
  }
}
