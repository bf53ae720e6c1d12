import 'reflect-metadata';

import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { dataSourceOptions } from '../../src/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** Tables without audit events, with the reason. */
const unaudited = {
  account_address: 'the event of the account names its field, and a proof has events of its own',
  consent: 'a user agrees for themselves',
  delivery_attempt: 'the service sends mails',
  dkim_key: 'keys of a domain, whose event names them',
  event: 'events themselves',
  event_for_rules: 'events that wait for notification rules',
  event_shipping: 'the state of shipping them',
  event_stream: 'the state of reading them',
  flow_statistic: 'counters',
  flow_token: 'a link of a run; its use has events of its own',
  idempotency_record: 'bookkeeping of requests',
  mail_feedback: 'providers report it',
  mail_message: 'the service sends mails',
  mail_template_version: 'copies of templates, which write events',
  migration: 'the schema',
  node: 'running processes',
  notification: 'what users were notified of',
  not_me_link: 'a link in a mail; its use has an event of its own',
  outgoing_event: 'what has happened, for webhooks',
  request_limit: 'counters',
  revision: 'cache validation',
  run_answers: 'answers of a flow run, like its session',
  secret_check: 'written once, at the first start',
  transport_rate: 'counters',
  transport_slot: 'leases of workers',
  session: 'sign-ins have events of their own',
  signing_key: 'keys of the service; a rotation has an event of its own',
  verification: 'its states have events of their own, tries and the end of the retention have none',
  webhook_attempt: 'the service delivers events',
  webhook_delivery: 'the service delivers events',
};

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

it('Every table writes audit events of inserts and deletes, or is listed as an exception with a reason', async () => {
  const rows = await dataSource.query<{ name: string; operations: string[] }[]>(`
    select c.relname::text as name,
           array_agg(distinct substring(t.tgname from '_([a-z]+)$')) filter (where t.tgname is not null) as operations
      from pg_class c
      left join pg_trigger t on t.tgrelid = c.oid and t.tgname like 'tr\\_%\\_audit\\_%'
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
     group by c.relname order by c.relname`);
  const without = rows.filter(({ operations }) => operations === null).map(({ name }) => name);
  expect(without).toEqual(Object.keys(unaudited).sort());
  for (const { name, operations } of rows.filter(({ operations }) => operations !== null)) {
    expect(operations, name).toEqual(expect.arrayContaining(['delete', 'insert']));
  }
  expect(rows.length - without.length).toBeGreaterThan(13);
});
