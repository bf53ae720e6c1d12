import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails that go through a named transport without a stage. */
export class MessageTransports1795900000000 implements MigrationInterface {
  name = 'MessageTransports1795900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "mail_message" ADD "transport_uuid" uuid`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "mail_message" DROP COLUMN "transport_uuid"`);
  }
}
