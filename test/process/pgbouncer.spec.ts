import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createEnrollmentFlow } from '../factories/account-flows.js';
import { PgBouncer, pgBouncerProgram } from '../support/pgbouncer.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Visitor } from '../support/visitor.js';

/** Connections of PgBouncer to the server: fewer than requests at a time, so that sessions are shared. */
const connections = 3;

describe('Behind PgBouncer in transaction mode, without prepared statements', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let sink: SmtpSink;
  let app: TestApp;
  beforeAll(async () => {
    if (pgBouncerProgram === undefined) return;
    database = await createTestDatabase('nothing');
    bouncer = await PgBouncer.start(database.url, connections);
    sink = new SmtpSink();
    const settings = { DATABASE_PREPARE: 'false', DATABASE_DIRECT_URL: database.url, STATEMENT_TIMEOUT: '4' };
    app = await startTestApp(settings, { url: bouncer.url, drop: () => Promise.resolve() });
  });
  afterAll(async () => {
    if (pgBouncerProgram === undefined) return;
    await app.stop();
    await sink.close();
    await bouncer.stop();
    await database.drop();
  });
  beforeEach(({ skip }) => {
    skip(pgBouncerProgram === undefined, 'pgbouncer is not installed (on Debian: apt-get install pgbouncer)');
  });

  it('a visitor signs up by a mailed link', async () => {
    const slug = await createEnrollmentFlow(app.api, { port: await sink.listen() });
    const visitor = new Visitor(app.url);
    const prompt = { component: 'ak-stage-prompt' };
    await visitor.answer(slug, {
      ...prompt,
      username: 'ada',
      password: 'a new secret',
      password_repeat: 'a new secret',
    });
    await visitor.answer(slug, { ...prompt, name: 'Ada', email: 'ada@example.org' });
    const { query } = await proofMail(sink, 'ada@example.org');
    const { token } = await visitor.see(slug, query);
    const end = await visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
    expect(end).toMatchObject({ component: 'xak-flow-redirect', to: '/' });
  });

  it('concurrent management calls succeed, each statement with its own values', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `stage-${index}`);
    const created = await Promise.all(names.map((name) => app.api.post('/stages/email/', { name })));
    expect(created.map(({ status }) => status)).toEqual(names.map(() => 201));
    const lists = await Promise.all(names.map((name) => app.api.get(`/stages/email/?name=${name}`)));
    expect(lists.map(({ body }) => (body as { results: { name: string }[] }).results.map(({ name }) => name))).toEqual(
      names.map((name) => [name]),
    );
    const sessions = await app.dataSource.query<unknown[]>(
      `select from pg_stat_activity where datname = current_database() and application_name = 'email-stage'`,
    );
    expect(sessions.length).toBeLessThanOrEqual(connections);
  });

  it('a statement ends after STATEMENT_TIMEOUT, in a transaction and outside of one, and leaves no setting behind', async () => {
    const slow = 'select pg_sleep(30)';
    await expect(app.dataSource.query(slow)).rejects.toMatchObject({ code: '57014' });
    await expect(app.dataSource.transaction((manager) => manager.query(slow))).rejects.toMatchObject({ code: '57014' });
    const limits = Array.from({ length: 12 }, () =>
      app.dataSource.query<{ limit: string }[]>(`select current_setting('statement_timeout') as limit, pg_sleep(0.05)`),
    );
    expect(new Set((await Promise.all(limits)).flat().map(({ limit }) => limit))).toEqual(new Set(['0']));
  });

  it('a list whose client is gone is cancelled', async () => {
    const locked = app.dataSource.createQueryRunner();
    await locked.startTransaction();
    await locked.query('lock table "event" in access exclusive mode');
    const waiting = async (): Promise<number> => {
      const rows = (await locked.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )) as unknown[];
      return rows.length;
    };
    const leave = new AbortController();
    const headers = { authorization: `Bearer ${adminKey}` };
    const list = fetch(`${app.url}/api/v3/events/events/?search=x`, { headers, signal: leave.signal }).catch(
      () => 'left',
    );
    await expect.poll(waiting, { timeout: 3_000 }).toBe(1);
    leave.abort();
    expect(await list).toBe('left');
    await expect.poll(waiting, { timeout: 3_000 }).toBe(0);
    await locked.rollbackTransaction();
    await locked.release();
    expect((await app.api.get('/events/events/?search=x')).status).toBe(200);
  });

  it('the connection for jobs listens without PgBouncer', async () => {
    const rows = await app.dataSource.query<{ query: string }[]>(
      `select query from pg_stat_activity where datname = current_database() and application_name = 'email-stage worker'`,
    );
    expect(rows.filter(({ query }) => /listen/i.test(query))).toHaveLength(1);
  });
});
