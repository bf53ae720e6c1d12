import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The flows and stages that stages refer to: the column, the table, and its key. */
const references = [
  ['configure_flow', 'flow', 'flow_uuid'],
  ['password_stage', 'stage', 'stage_uuid'],
  ['enrollment_flow', 'flow', 'flow_uuid'],
  ['recovery_flow', 'flow', 'flow_uuid'],
  ['passwordless_flow', 'flow', 'flow_uuid'],
] as const;

const columns = {
  mode: 'text',
  consent_expire_in: 'text',
  deny_message: 'text',
  backends: 'text array',
  failed_attempts_before_cancel: 'integer',
  allow_show_password: 'boolean',
  user_fields: 'text array',
  case_insensitive_matching: 'boolean',
  show_matched_user: 'boolean',
  show_source_labels: 'boolean',
  pretend_user_exists: 'boolean',
  session_duration: 'text',
  terminate_other_sessions: 'boolean',
  remember_me_offset: 'text',
  network_binding: 'text',
  geoip_binding: 'text',
  ...Object.fromEntries(references.map(([name]) => [`${name}_uuid`, 'uuid'])),
};

const checks = {
  ck_stage_mode: `"mode" IN ('always_require', 'permanent', 'expiring')`,
  ck_stage_network_binding: `
    "network_binding" IN ('no_binding', 'bind_asn', 'bind_asn_network', 'bind_asn_network_ip')`,
  ck_stage_geoip_binding: `
    "geoip_binding" IN ('no_binding', 'bind_continent', 'bind_continent_country', 'bind_continent_country_city')`,
  ck_stage_consent: `"kind" <> 'consent' OR num_nulls("mode", "consent_expire_in") = 0`,
  ck_stage_deny: `"kind" <> 'deny' OR "deny_message" IS NOT NULL`,
  ck_stage_identification: `
    "kind" <> 'identification' OR num_nulls(
      "user_fields", "case_insensitive_matching", "show_matched_user", "show_source_labels", "pretend_user_exists") = 0`,
  ck_stage_password: `
    "kind" <> 'password' OR num_nulls("backends", "failed_attempts_before_cancel", "allow_show_password") = 0`,
  ck_stage_user_login: `
    "kind" <> 'user_login' OR num_nulls(
      "session_duration", "terminate_other_sessions", "remember_me_offset", "network_binding", "geoip_binding") = 0`,
};

/** Stages of the kinds `identification`, `password`, `user_login`, `consent` and `deny`. */
export class SignInStages1795632400000 implements MigrationInterface {
  name = 'SignInStages1795632400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, type] of Object.entries(columns)) {
      await queryRunner.query(`ALTER TABLE "stage" ADD "${name}" ${type}`);
    }
    for (const [name, condition] of Object.entries(checks)) {
      await queryRunner.query(`ALTER TABLE "stage" ADD CONSTRAINT "${name}" CHECK (${condition})`);
    }
    for (const [name, table, key] of references) {
      await queryRunner.query(`CREATE INDEX "ix_stage_${name}" ON "stage" ("${name}_uuid")`);
      await queryRunner.query(`
            ALTER TABLE "stage"
            ADD CONSTRAINT "fk_stage_${name}" FOREIGN KEY ("${name}_uuid") REFERENCES "${table}"("${key}")
            ON DELETE SET NULL ON UPDATE NO ACTION
        `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name] of references) {
      await queryRunner.query(`ALTER TABLE "stage" DROP CONSTRAINT "fk_stage_${name}"`);
      await queryRunner.query(`DROP INDEX "ix_stage_${name}"`);
    }
    for (const name of Object.keys(checks)) {
      await queryRunner.query(`ALTER TABLE "stage" DROP CONSTRAINT "${name}"`);
    }
    for (const name of Object.keys(columns)) {
      await queryRunner.query(`ALTER TABLE "stage" DROP COLUMN "${name}"`);
    }
  }
}
