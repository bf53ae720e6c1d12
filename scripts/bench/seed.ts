import { randomUUID } from 'node:crypto';

import { Client } from 'pg';
import { DataSource } from 'typeorm';

import { dataSourceOptions } from '../../src/data-source.js';
import { migrate } from '../../src/database/migrate.js';

/** Number of flows in every database; each stage is bound to three of them. */
const flowCount = 50;

const flows = `
  insert into "flow" (flow_uuid, pbm_uuid, name, slug, title, designation, policy_engine_mode, compatibility_mode,
                      layout, denied_action)
  select gen_random_uuid(), gen_random_uuid(), format('Flow %s', n), format('flow-%s', to_char(n, 'fm00')),
         format('Welcome to flow %s', n),
         ('{authentication,authorization,invalidation,enrollment,unenrollment,recovery,stage_configuration}'::text[])
           [n % 7 + 1],
         ('{any,all}'::text[])[n % 2 + 1], n % 3 = 0,
         ('{stacked,content_left,content_right,sidebar_left,sidebar_right}'::text[])[n % 5 + 1],
         ('{message_continue,message,continue}'::text[])[n % 3 + 1]
    from generate_series(0, ${flowCount - 1}) n`;

const stages = `
  insert into "stage" (stage_uuid, kind, name, use_global_settings, host, port, username, password, use_tls, use_ssl,
                       timeout, from_address, token_expiry, subject, template, activate_user_on_success,
                       recovery_max_attempts, recovery_cache_timeout)
  select gen_random_uuid(), 'email', format('email-stage-%s', to_char(n, 'fm000000')), n % 3 = 0,
         format('smtp%s.example.com', n % 20), ('{25,465,587,2525}'::int[])[n % 4 + 1], format('mailer-%s', n % 100),
         '', n % 4 = 2, n % 4 = 1, 5 + n % 6 * 5, format('noreply-%s@example.com', n % 30),
         ('{15,30,60,120,1440}'::int[])[n % 5 + 1], format('Message number %s', n),
         ('{email/password_reset.html,email/account_confirmation.html}'::text[])[n % 2 + 1], n % 7 < 3, 5, 'minutes=5'
    from generate_series(0, $1::int - 1) n`;

const bindings = `
  insert into "flow_stage_binding" (fsb_uuid, pbm_uuid, target_uuid, stage_uuid, "order")
  select gen_random_uuid(), gen_random_uuid(), f.flow_uuid, s.stage_uuid, k
    from (select stage_uuid, row_number() over (order by name) as n from "stage") s
   cross join generate_series(0, 2) k
    join (select flow_uuid, row_number() over (order by slug) - 1 as n from "flow") f
      on f.n = (s.n * 7 + k * 17) % ${flowCount}`;

/** Creates a database with email stages on the server of `url`. @returns its URL */
export async function createDatabase(url: string, stageCount: number): Promise<string> {
  const address = new URL(url);
  address.pathname = `/stages_${stageCount}_${randomUUID().slice(0, 8)}`;
  await execute(url, [`create database "${address.pathname.slice(1)}"`]);
  const dataSource = await new DataSource(dataSourceOptions(address.href)).initialize();
  await migrate(dataSource, () => undefined);
  await dataSource.destroy();
  await execute(address.href, [flows, stages, bindings, 'vacuum analyze'], stageCount);
  return address.href;
}

/** Runs the statements sequentially. */
export async function execute(url: string, statements: readonly string[], stageCount = 0): Promise<void> {
  const client = new Client({ connectionString: url });
  // If the server stops, the current statement fails as well; an unhandled event would crash the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const statement of statements) {
      await client.query(statement, statement.includes('$1') ? [stageCount] : undefined);
    }
  } finally {
    await client.end();
  }
}
