import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The default of `event.expires` decides how long events are kept, for all their writers. */
export class EventExpiry1795881300000 implements MigrationInterface {
  name = 'EventExpiry1795881300000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "event" ALTER COLUMN "expires" SET DEFAULT (now() + '365 days'::interval)`);
    await queryRunner.query(writeModelEvent({ column: '', value: '' }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const earlier = { column: `, "expires"`, value: `, now() + interval '365 days'` };
    await queryRunner.query(writeModelEvent(earlier));
    await queryRunner.query(`ALTER TABLE "event" ALTER COLUMN "expires" DROP DEFAULT`);
  }
}

/** The function that the triggers call (1795880900000), with or without a value for `expires`. */
function writeModelEvent(expires: { readonly column: string; readonly value: string }): string {
  return `
            CREATE OR REPLACE FUNCTION "write_model_event"(
                "action" text, "model" text, "object" jsonb, "key" text, "labels" text[], "more" jsonb
            ) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            DECLARE
                "actor" jsonb := nullif(current_setting('audit.actor', true), '')::jsonb;
                "kind" text := "object" ->> 'kind';
                "app" text := split_part("model", '.', 1);
                "model_name" text := split_part("model", '.', 2);
            BEGIN
                IF "model" = 'stage' THEN
                    "app" := 'authentik_stages_' || "kind";
                    "model_name" := replace("kind", '_', '') || 'stage';
                END IF;
                INSERT INTO "event" ("event_uuid", "action", "app", "context", "user", "client_ip"${expires.column})
                VALUES (
                    gen_random_uuid(),
                    "action",
                    'authentik.' || regexp_replace(substr("app", 11), '^(stages|policies)_', '\\1.'),
                    "more" || jsonb_build_object('model', jsonb_build_object(
                        'app', "app",
                        'model_name', "model_name",
                        'pk', "object" -> "key",
                        'name', (
                            SELECT coalesce(string_agg("object" ->> "label", ' ' ORDER BY "position"), '')
                            FROM unnest("labels") WITH ORDINALITY AS "named" ("label", "position")
                        )
                    )),
                    coalesce("actor" -> 'user', '{}'),
                    "actor" ->> 'clientIp'${expires.value}
                );
            END $$
        `;
}
