import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { EventOutbox } from '../../src/events/outbox/event-outbox.js';
import { createUser } from '../factories/user.js';
import { checkEvent } from '../support/document-check.js';
import { EventReader, type ReaderOptions } from '../support/event-reader.js';
import { createPlainUser } from '../support/plain-user.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
/** Another process with the same database. */
let second: TestApp;
const readers: EventReader[] = [];
const outbox = new EventOutbox();

beforeAll(async () => {
  app = await startTestApp({ WEBHOOK_RETENTION: '1' });
  const { url } = app.dataSource.options as { url: string };
  second = await startTestApp({}, { url, drop: () => Promise.resolve() });
});
afterAll(async () => {
  await second.stop();
  await app.stop();
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

async function open(options: ReaderOptions = {}, service = app): Promise<EventReader> {
  const reader = await EventReader.open(service, options);
  readers.push(reader);
  return reader;
}

/** Writes an event that nothing else writes. */
const emit = (number: number, subject = 'verification/1', manager = app.dataSource.manager): Promise<void> =>
  outbox.add(manager, 'verification.approved', subject, { number });

const numbersOf = (reader: EventReader): number[] =>
  reader.messages.filter(({ event }) => event === 'verification.approved').map(({ data }) => data.data.number);

/** Waits until a reader has these numbers, and no others. */
const reads = (reader: EventReader, numbers: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(numbersOf(reader)).toEqual(numbers), { timeout: 10_000, interval: 20 });

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('The stream of events', () => {
  it('has events as they happen, with the name and the JSON of a webhook', async () => {
    const reader = await open();
    const { headers } = reader.response;
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const { pk, username } = await createUser(app.api);
    await vi.waitFor(() => expect(reader.messages).toHaveLength(1), { timeout: 10_000 });
    const [{ event, data, id } = { event: '', data: {}, id: '' }] = reader.messages;
    expect(event).toBe('user.created');
    checkEvent(data);
    expect(data).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'user.created',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      subject: `user/${pk}`,
      sequence: expect.any(Number),
      data: { user: expect.objectContaining({ pk, username }) },
    });
    expect(id).toMatch(/^\d+-\d+$/);
  });

  it('is the same in every process', async () => {
    const both = [await open(), await open({}, second)];
    for (const number of range(1, 5)) await emit(number);
    for (const reader of both) await reads(reader, range(1, 5));
    const [one, other] = both.map(({ messages }) => messages.map(({ id, data }) => [id, data.id]));
    expect(one).toEqual(other);
  });

  it('is filtered by types and by subject', async () => {
    const patterns = await open({ query: '?event_types=verification.*,mail.sent&subject=verification/7' });
    const repeated = await open({ query: '?event_types=user.created&event_types=verification.approved' });
    const subjects = await open({ query: '?subject=user/*' });
    const { pk } = await createUser(app.api);
    await emit(1, 'verification/7');
    await emit(2, 'verification/70');
    await reads(repeated, [1, 2]);
    await reads(patterns, [1]);
    await expect.poll(() => subjects.messages.map(({ data }) => data.subject)).toEqual([`user/${pk}`]);
    expect(repeated.messages.map(({ event }) => event)).toEqual([
      'user.created',
      'verification.approved',
      'verification.approved',
    ]);
  });

  it.each([
    ['?event_types=nothing', { event_types: { 0: ['There is no type of events "nothing".'] } }],
    ['?last_event_id=yesterday', { last_event_id: ['Enter the id of an event of this stream.'] }],
    [`?event_types=${'user.*,'.repeat(21)}`, { event_types: ['Ensure this field has no more than 20 elements.'] }],
  ])('refuses %s', async (query, errors) => {
    expect(await app.api.get(`/events/stream/${query}`)).toMatchObject({ status: 400, body: errors });
  });

  it('refuses a header that is the id of no event', async () => {
    const { status, body } = await app.api.get('/events/stream/', { headers: { 'last-event-id': '17' } });
    expect([status, body]).toEqual([400, { last_event_id: ['Enter the id of an event of this stream.'] }]);
  });

  it('has a response without events for HEAD', async () => {
    const response = await fetch(`${app.url}/api/v3/events/stream/`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${adminKey}` },
    });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/event-stream',
      '',
    ]);
  });
});

describe('A client that was away', () => {
  it.each([
    ['the header', (id: string) => ({ headers: { 'last-event-id': id } })],
    ['the query', (id: string) => ({ query: `?last_event_id=${id}` })],
  ])('goes on where it was by %s, in any process', async (_, options) => {
    const before = await open();
    await emit(1);
    await emit(2);
    await reads(before, [1, 2]);
    const [first] = before.messages;
    before.close();
    await emit(3);
    const after = await open(options(first?.id ?? ''), second);
    await emit(4);
    await reads(after, [2, 3, 4]);
  });

  it('misses nothing although no event had come', async () => {
    const before = await open();
    expect(before.lastId).toMatch(/^\d+-\d+$/);
    before.close();
    await emit(1);
    await reads(await open({ headers: { 'last-event-id': before.lastId } }), [1]);
  });

  it('gets everything once, also more than is kept in memory, while more happens', async () => {
    const { lastId } = await open();
    const many = range(1, 1500);
    await app.dataSource.query(
      `select "emit_event"('verification.approved', 'verification/1', jsonb_build_object('number', n))
         from generate_series(1, 1200) as n`,
    );
    const reader = await open({ headers: { 'last-event-id': lastId } });
    for (const number of many.slice(1200)) await emit(number);
    await reads(reader, many);
  });

  it('gets stream.reset after WEBHOOK_RETENTION', async () => {
    const before = await open();
    for (const number of range(1, 3)) await emit(number);
    await reads(before, range(1, 3));
    before.close();
    await app.dataSource.query(
      `update "outgoing_event" set created = now() - interval '25 hours' where data ->> 'number' in ('1', '2')`,
    );
    await app.nest.get(Housekeeping).doEverything();
    // Another process, whose memory does not have them.
    const after = await open({ headers: { 'last-event-id': before.messages[0]?.id ?? '' } }, second);
    await vi.waitFor(() => expect(after.messages).toHaveLength(2), { timeout: 10_000 });
    const [reset, next] = after.messages;
    expect(reset).toMatchObject({ event: 'stream.reset', data: { reason: 'expired' } });
    expect(next?.data.data).toEqual({ number: 3 });
  });

  it.each([
    ['1000-1', 'expired'],
    ['999999999999999-1', 'unknown_id'],
  ])('gets stream.reset after the id %s', async (id, reason) => {
    const reader = await open({ headers: { 'last-event-id': id } });
    await expect.poll(() => reader.messages).toHaveLength(1);
    expect(reader.messages[0]).toMatchObject({ event: 'stream.reset', data: { reason } });
    await emit(1);
    await reads(reader, [1]);
  });
});

describe('Events', () => {
  let third: TestApp;
  let fourth: TestApp;

  beforeAll(async () => {
    const { url } = app.dataSource.options as { url: string };
    const start = (): Promise<TestApp> => startTestApp({}, { url, drop: () => Promise.resolve() });
    [third, fourth] = await Promise.all([start(), start()]);
  });
  afterAll(async () => {
    await Promise.all([third.stop(), fourth.stop()]);
  });

  it('of a time without streams are not new to the first one', async () => {
    const before = await open({}, third);
    before.close();
    await app.dataSource.query(
      `select "emit_event"('verification.approved', 'verification/1', jsonb_build_object('number', n))
         from generate_series(1, 6500) as n`,
    );
    const after = await open({}, fourth);
    await emit(7000);
    await reads(after, [7000]);
  });

  it('are not stored an hour after the last stream, and clients of before get stream.reset', async () => {
    const before = await open();
    await emit(1);
    await reads(before, [1]);
    before.close();
    const late = app.dataSource.createQueryRunner();
    await late.startTransaction();
    await app.dataSource.query(`update "event_stream" set kept_until = now() - interval '1 second'`);
    await late.query(`insert into "user" (uuid, username) values (gen_random_uuid(), 'late')`);
    let isOpen = false;
    const opens = (service: TestApp): Promise<EventReader> =>
      open({ headers: { 'last-event-id': before.lastId } }, service).finally(() => (isOpen = true));
    const first = opens(third);
    const readers = 'select kept_until > now() as kept from "event_stream"';
    await expect.poll(() => app.dataSource.query(readers)).toEqual([{ kept: true }]);
    // Another process waits too, although it was not the first.
    const other = opens(fourth);
    const waits = `select count(*)::int as count from pg_stat_activity
                    where datname = current_database() and query like '%pg_snapshot_xmin%' and state = 'idle'`;
    await expect.poll(async () => (await app.dataSource.query(waits))[0].count).toBeGreaterThanOrEqual(2);
    // The client would not see the change elsewhere yet.
    expect(isOpen).toBe(false);
    await late.commitTransaction();
    await late.release();
    const [after] = await Promise.all([first, other]);
    await emit(3);
    await reads(after, [3]);
    expect(after.messages[0]).toMatchObject({ event: 'stream.reset', data: { reason: 'expired' } });
  });
});

describe('Transactions', () => {
  it('that commit late lose no event, and those of a subject stay in order', async () => {
    const reader = await open();
    const late = app.dataSource.createQueryRunner();
    await late.startTransaction();
    await emit(1, 'verification/late', late.manager);
    for (const number of range(2, 4)) await emit(number, 'verification/soon');
    await reads(reader, [2, 3, 4]);
    await emit(5, 'verification/late', late.manager);
    await late.commitTransaction();
    await late.release();
    await reads(reader, [2, 3, 4, 1, 5]);
    const { lastId } = reader;
    await reads(await open({ headers: { 'last-event-id': reader.messages[0]?.id ?? '' } }, second), [3, 4, 1, 5]);
    expect(lastId).toBe(reader.messages.at(-1)?.id);
  });

  it('that are rolled back have no event', async () => {
    const reader = await open();
    await app.dataSource
      .transaction(async (manager) => {
        await emit(1, 'verification/1', manager);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await emit(2);
    await reads(reader, [2]);
  });
});

describe('A stream', () => {
  it('is refused without the permission to add webhook endpoints', async () => {
    const key = await createPlainUser(app.dataSource);
    expect(await app.client(key).get('/events/stream/')).toMatchObject({ status: 403 });
    expect(await app.client(undefined).get('/events/stream/')).toMatchObject({ status: 403 });
  });

  it('ends when its token is deleted', async () => {
    const key = await createPlainUser(app.dataSource, ['authentik_webhooks.add_webhookendpoint']);
    const reader = await open({ key });
    expect(reader.status).toBe(200);
    await app.dataSource.query(`delete from "token" where key_hash = sha256($1::bytea)`, [key]);
    await vi.waitFor(() => expect(reader.hasEnded).toBe(true), { timeout: 15_000 });
    expect(reader.response.complete).toBe(true);
  });

  it('ends when its caller loses the permission', async () => {
    const key = await createPlainUser(app.dataSource, ['authentik_webhooks.add_webhookendpoint']);
    const reader = await open({ key });
    await app.dataSource.query(
      `delete from "permission_grant" where codename = 'authentik_webhooks.add_webhookendpoint'`,
    );
    await vi.waitFor(() => expect(reader.hasEnded).toBe(true), { timeout: 15_000 });
  });

  it('is refused to a caller who has ten', async () => {
    for (let n = 0; n < 10; n += 1) await open();
    const { response } = await open();
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '5']);
    readers.shift()?.close();
    await vi.waitFor(async () => expect((await open()).status).toBe(200), { timeout: 10_000 });
  });

  it('that is read slowly holds no events in memory, and loses none', async () => {
    const { hostname, port } = new URL(app.url);
    const accepted = once(app.nest.getHttpServer() as Server, 'connection');
    const socket = connect({ host: hostname, port: Number(port) });
    const [connection] = (await accepted) as [Socket];
    const key = `authorization: Bearer ${adminKey}`;
    socket.write(`GET /api/v3/events/stream/ HTTP/1.1\r\nhost: ${hostname}\r\n${key}\r\n\r\n`);
    await once(socket, 'data');
    socket.pause();
    const quick = await open();
    const count = 3000;
    await app.dataSource.query(
      `select "emit_event"('verification.approved', 'verification/1',
                jsonb_build_object('number', n, 'text', repeat('x', 4000))) from generate_series(1, $1::int) as n`,
      [count],
    );
    await vi.waitFor(() => expect(numbersOf(quick)).toHaveLength(count), { timeout: 30_000 });
    // Of 12 MB.
    expect(connection.writableLength).toBeLessThan(500_000);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString())).resume();
    await vi.waitFor(() => expect(text).toMatch(new RegExp(`"number":${count}\\b`)), { timeout: 30_000 });
    const numbers = [...text.matchAll(/"number":\s*(\d+)/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(range(1, count));
    socket.destroy();
  });
});
