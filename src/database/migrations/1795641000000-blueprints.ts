import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Blueprints that the service knows. */
export class Blueprints1795641000000 implements MigrationInterface {
  name = 'Blueprints1795641000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "blueprint_instance" (
                "instance_uuid" uuid NOT NULL,
                "name" text NOT NULL,
                "path" text NOT NULL DEFAULT '',
                "content" text NOT NULL DEFAULT '',
                "context" jsonb NOT NULL DEFAULT '{}',
                "last_applied" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "last_applied_hash" text NOT NULL DEFAULT '',
                "status" text NOT NULL DEFAULT 'unknown',
                "enabled" boolean NOT NULL DEFAULT true,
                "managed_models" text array NOT NULL DEFAULT '{}',
                "metadata" jsonb NOT NULL DEFAULT '{}',
                CONSTRAINT "uq_blueprint_instance_name_path" UNIQUE ("name", "path"),
                CONSTRAINT "ck_blueprint_instance_status" CHECK (
                    "status" IN (
                        'successful',
                        'warning',
                        'error',
                        'orphaned',
                        'unknown'
                    )
                ),
                CONSTRAINT "pk_blueprint_instance" PRIMARY KEY ("instance_uuid")
            )
        `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "blueprint_instance"
        `);
  }
}
