import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports of mails that are late, or were lost while their address gets others. */
export class TransientFeedback1795909500000 implements MigrationInterface {
  name = 'TransientFeedback1795909500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.allow(queryRunner, `'bounce', 'complaint', 'transient'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM "mail_feedback" WHERE "kind" = 'transient'`);
    await this.allow(queryRunner, `'bounce', 'complaint'`);
  }

  private async allow(queryRunner: QueryRunner, kinds: string): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "mail_feedback" DROP CONSTRAINT "ck_mail_feedback_kind",
         ADD CONSTRAINT "ck_mail_feedback_kind" CHECK ("kind" IN (${kinds}))`,
    );
  }
}
