import 'reflect-metadata';

import { randomUUID } from 'node:crypto';

import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { noteProvedAddress } from '../../src/core/addresses/proved-addresses.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { EventOutbox } from '../../src/events/outbox/event-outbox.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let dataSource: DataSource;
const outbox = new EventOutbox();

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions(database.url)).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['webhook_endpoint', 'outgoing_event', '"user"']) await dataSource.query(`delete from ${table}`);
});

async function endpoint(types: readonly string[] = [], enabled = true): Promise<string> {
  const pk = randomUUID();
  await dataSource.query(
    `insert into "webhook_endpoint" (endpoint_uuid, name, url, event_types, enabled, secret)
     values ($1, $2, 'https://example.com', $3, $4, 'x')`,
    [pk, pk, types, enabled],
  );
  return pk;
}

async function user(): Promise<number> {
  const rows = await dataSource.query<{ id: number }[]>(
    `insert into "user" (uuid, username, email, is_active) values (gen_random_uuid(), 'ada', 'ada@example.com', false)
     returning id`,
  );
  return rows[0]?.id ?? 0;
}

interface Written {
  readonly type: string;
  readonly subject: string;
  readonly data: Record<string, unknown>;
}

const written = (): Promise<Written[]> =>
  dataSource.query<Written[]>('select type, subject, data from "outgoing_event" order by sequence');

const typesWritten = async (): Promise<string[]> => (await written()).map(({ type }) => type);

const count = async (table: string): Promise<number> =>
  (await dataSource.query<{ n: number }[]>(`select count(*)::int as n from "${table}"`))[0]?.n ?? -1;

const approve = (subject = 'verification/1'): Promise<void> =>
  outbox.add(dataSource.manager, 'verification.approved', subject, { email: 'ada@example.com' });

describe('An event for other systems', () => {
  it('is not written if no endpoint wants it', async () => {
    await approve();
    await endpoint([], false);
    await endpoint(['user.*', 'address.verified']);
    await approve();
    expect([await count('outgoing_event'), await count('webhook_delivery')]).toEqual([0, 0]);
  });

  it('is written once, with a delivery for each endpoint that wants it', async () => {
    const wanting = [
      await endpoint(),
      await endpoint(['verification.*']),
      await endpoint(['x', 'verification.approved']),
    ];
    for (const types of [['verification'], ['verification.a'], ['verification_approved'], ['user.*']]) {
      await endpoint(types);
    }
    await approve();
    expect(await written()).toEqual([
      { type: 'verification.approved', subject: 'verification/1', data: { email: 'ada@example.com' } },
    ]);
    const deliveries = await dataSource.query<{ endpoint: string }[]>(
      'select endpoint_uuid as endpoint from "webhook_delivery"',
    );
    expect(deliveries.map((delivery) => delivery.endpoint).sort()).toEqual(wanting.sort());
  });

  it('does not take an underscore in a type for any character', async () => {
    await endpoint(['user.password_*']);
    await endpoint(['user.signed_in']);
    await dataSource.query(
      `select emit_event('user.password-changed', 'user/1', '{}'), emit_event('user.signed-in', 'user/1', '{}')`,
    );
    expect(await written()).toEqual([]);
  });

  it('is written exactly if its transaction commits', async () => {
    await endpoint();
    await dataSource
      .transaction(async (manager) => {
        await outbox.add(manager, 'verification.approved', 'verification/1', {});
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    expect([await count('outgoing_event'), await count('webhook_delivery')]).toEqual([0, 0]);
  });

  it('waits for the deletion of an endpoint and does not fail by it', async () => {
    const pk = await endpoint();
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('delete from "webhook_endpoint" where endpoint_uuid = $1', [pk]);
    const writing = approve();
    await runner.commitTransaction();
    await runner.release();
    await writing;
    expect(await count('outgoing_event')).toBe(0);
  });

  it('has a larger sequence number than the one before, of one subject', async () => {
    await endpoint();
    for (let n = 0; n < 5; n += 1) await approve();
    const rows = await dataSource.query<{ sequence: string }[]>(
      'select sequence from "outgoing_event" order by created',
    );
    const numbers = rows.map(({ sequence }) => Number(sequence));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(5);
  });
});

describe('A change', () => {
  beforeEach(() => endpoint());

  it.each([
    [`is_active = true`, ['user.activated']],
    [`email = 'ada@new.example'`, ['address.changed']],
    [`password_change_date = now() + interval '1 second', password_hash = 'x'`, ['user.password_changed']],
    [`last_login = now()`, ['user.signed_in']],
    [`password_hash = 'x'`, []],
    [`name = 'Ada', attributes = '{}'`, []],
    [`is_active = false`, []],
  ])('of a user with %s writes %j', async (change, types) => {
    const pk = await user();
    expect(await written()).toMatchObject([
      {
        type: 'user.created',
        subject: `user/${pk}`,
        data: { user: { pk, username: 'ada', email: 'ada@example.com' } },
      },
    ]);
    await dataSource.query(`update "user" set ${change} where id = $1`, [pk]);
    expect((await typesWritten()).slice(1)).toEqual(types);
  });

  it('of an address names both, and its first proof is an event', async () => {
    const pk = await user();
    await dataSource.query(`update "user" set email = 'ada@new.example' where id = $1`, [pk]);
    for (let n = 0; n < 2; n += 1) await noteProvedAddress(dataSource.manager, pk, 'ada@new.example');
    const [, changed, verified, ...more] = await written();
    expect(changed).toMatchObject({
      type: 'address.changed',
      subject: `user/${pk}`,
      data: { address: 'ada@new.example', previous_address: 'ada@example.com' },
    });
    expect(verified).toMatchObject({
      type: 'address.verified',
      subject: `user/${pk}`,
      data: { address: 'ada@new.example', user: { pk } },
    });
    expect(more).toEqual([]);
  });

  it('of a flow or a stage is an event, and no other model is', async () => {
    const flow = randomUUID();
    await dataSource.query(
      `insert into "flow" (flow_uuid, pbm_uuid, name, slug, title, designation) values ($1, gen_random_uuid(), 'F', 'f', 'F', 'recovery')`,
      [flow],
    );
    await dataSource.query(
      `insert into "stage" (stage_uuid, name, kind, throw_error) values (gen_random_uuid(), 'S', 'dummy', false)`,
    );
    await dataSource.query(`update "flow" set title = 'G' where flow_uuid = $1`, [flow]);
    await dataSource.query(`insert into "role" (role_uuid, name) values (gen_random_uuid(), 'R')`);
    await dataSource.query('delete from "flow"');
    const events = await written();
    expect(events.map(({ type }) => type)).toEqual(['flow.created', 'stage.created', 'flow.updated', 'flow.deleted']);
    expect(events[2]).toMatchObject({ subject: `flow/${flow}`, data: { fields: ['title'], model: { name: 'f' } } });
  });
});
