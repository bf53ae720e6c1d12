import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { RowCounts } from '../../src/rest/cache/row-counts.js';
import { allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { ApiClient } from '../support/api-client.js';
import { ServiceProcess } from '../support/service-process.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

/** A server and a caller. */
type Service = Pick<TestApp, 'api' | 'url'>;

let app: TestApp;
/** A separate process on the same database. */
let service: ServiceProcess;
let other: Service;

beforeAll(async () => {
  // A worker would send statements as well.
  app = await startTestApp({ ROLE: 'api' });
  service = ServiceProcess.start({
    ROLE: 'api',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATABASE_URL: (app.dataSource.options as { url: string }).url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    BOOTSTRAP_TOKEN: adminKey,
  });
  const [, url = ''] = await service.prints(/Swagger UI +(http\S+?)\/api/);
  other = { url, api: new ApiClient(url, adminKey) };
});
afterAll(async () => {
  service.signal('SIGTERM');
  await service.ended();
  await app.stop();
});

/** Returns the statements that are sent to the database while `work` runs. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(Client.prototype, 'query');
  try {
    await work();
    const statements: unknown[] = query.mock.calls.map(([statement]: unknown[]) => statement);
    return statements.map((each) => (typeof each === 'string' ? each : (each as { text: string }).text));
  } finally {
    query.mockRestore();
  }
}

/**
 * Waits until `work` sends only the statement that looks up its caller. While a transaction from before the last change
 * is open in any database of the server, which other tests use too, nothing is served from the cache.
 */
async function expectFromCache(work: () => Promise<unknown>): Promise<void> {
  await vi.waitFor(async () => expect(await statementsOf(work)).toHaveLength(1), { timeout: 10_000 });
}

/** Returns a client that caches responses and revalidates them with `If-None-Match`. */
function cachingClient({ url }: Service): (path: string) => Promise<{ status: number; body: any }> {
  const cache = new Map<string, { tag: string; body: unknown }>();
  return async (path) => {
    const known = cache.get(path);
    const response = await fetch(`${url}/api/v3${path}`, {
      headers: { authorization: `Bearer ${adminKey}`, ...(known && { 'if-none-match': known.tag }) },
    });
    if (response.status === 304) return { status: 304, body: known?.body };
    const body: unknown = await response.json();
    cache.set(path, { tag: response.headers.get('etag') ?? '', body });
    return { status: response.status, body };
  };
}

describe('A repeated request', () => {
  it('has the same response, with only the statement for its caller', async () => {
    const { pk } = await createEmailStage(app.api);
    for (const path of [`/stages/email/${pk}/`, '/stages/email/?page_size=1', '/flows/instances/', '/stages/all/']) {
      const first = await app.api.get(path);
      let second = first;
      await expectFromCache(async () => (second = await app.api.get(path)));
      expect(second.body).toEqual(first.body);
      expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
      expect(second.headers.get('content-type')).toBe('application/json');
      expect(second.headers.get('cache-control')).toBe('private, no-cache');
    }
  });

  it('answers 304 with an empty body to a client with the current ETag, also from another process', async () => {
    const path = '/stages/email/?page_size=1';
    const tag = (await app.api.get(path)).headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]+"$/);
    for (const { url } of [app, other]) {
      const send = (tag: string): Promise<Response> =>
        fetch(`${url}/api/v3${path}`, { headers: { authorization: `Bearer ${adminKey}`, 'if-none-match': tag } });
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const response = await send(known);
        expect([response.status, await response.text()]).toEqual([304, '']);
        expect(response.headers.get('etag')).toBe(tag);
        expect(response.headers.get('content-type')).toBeNull();
      }
      expect((await send('"other"')).status).toBe(200);
    }
  });

  it('for a file is answered by the file handler', async () => {
    const headers = { 'if-none-match': '*', 'cache-control': 'no-cache' };
    for (const method of ['GET', 'HEAD']) {
      const path = '/static/dist/assets/images/user_default.png';
      expect((await fetch(`${app.url}${path}`, { method, headers })).status).toBe(200);
    }
  });

  it('is refused after the caller’s token was deleted', async () => {
    const { api, token } = await createActor(app, ['authentik_stages_email.view_emailstage']);
    expect((await api.get('/stages/email/')).status).toBe(200);
    await app.api.delete(`/core/tokens/${token}/`);
    expect((await api.get('/stages/email/')).status).toBe(403);
  });

  it('never contains objects that only other callers may view', async () => {
    const [mine, theirs] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const actor = await createActor(app);
    const model = 'authentik_stages_email.emailstage';
    const permissions = ['authentik_stages_email.view_emailstage'];
    await allow(app, actor.user.pk, { permissions, model, object_pk: mine.pk });
    const path = '/stages/email/?ordering=name';
    const names = async (client = actor.api): Promise<string[]> =>
      (await client.get(path)).body.results.map(({ name }: { name: string }) => name);
    expect(await names(app.api)).toEqual(expect.arrayContaining([mine.name, theirs.name]));
    expect(await names()).toEqual([mine.name]);
    await app.api.get(`/stages/email/${theirs.pk}/`);
    expect((await actor.api.get(`/stages/email/${theirs.pk}/`)).status).toBe(404);
    await allow(app, actor.user.pk, { permissions, model, object_pk: theirs.pk });
    expect(await names()).toEqual(expect.arrayContaining([mine.name, theirs.name]));
  });

  it('reflects changes from any source', async () => {
    const { pk: stage } = await createEmailStage(app.api);
    const flow = await createFlow(app.api);
    const sets = async (): Promise<string[]> =>
      (await app.api.get(`/stages/email/${stage}/`)).body.flow_set.map(({ title }: { title: string }) => title);
    expect(await sets()).toEqual([]);
    await createBinding(other.api, { stage, target: flow.pk });
    expect(await sets()).toEqual(['Title']);
    await other.api.patch(`/flows/instances/${flow.slug}/`, { title: 'Changed' });
    expect(await sets()).toEqual(['Changed']);
    await app.dataSource.query('update "flow" set title = $1 where slug = $2', ['By hand', flow.slug]);
    expect(await sets()).toEqual(['By hand']);
    await other.api.delete(`/flows/instances/${flow.slug}/`);
    expect(await sets()).toEqual([]);
  });

  it('is refused after the object that it filters by was deleted', async () => {
    const { pk } = await createGroup(app.api);
    const path = `/stages/user_write/?create_users_group=${pk}`;
    expect((await app.api.get(path)).status).toBe(200);
    await other.api.delete(`/core/groups/${pk}/`);
    expect((await app.api.get(path)).status).toBe(400);
  });
});

describe('A cached response', () => {
  it('stays valid when old revisions are deleted', async () => {
    const { pk } = await createEmailStage(app.api);
    const path = `/stages/email/${pk}/`;
    await app.api.get(path);
    await app.nest.get(Housekeeping).doEverything();
    expect(await app.dataSource.query('select from "revision"')).toHaveLength(1);
    await expectFromCache(() => app.api.get(path));
    await other.api.patch(path, { subject: 'Changed' });
    expect((await app.api.get(path)).body.subject).toBe('Changed');
  });

  it('is invalidated by a change, also on a server with a restored dump of another server', async () => {
    const { pk } = await createEmailStage(app.api);
    const path = `/stages/email/${pk}/`;
    await app.dataSource.query(`insert into "revision" (xid) values ('4000000000000')`);
    await expectFromCache(() => app.api.get(path));
    await app.dataSource.transaction(async (manager) => {
      // As replication and pg_restore do.
      await manager.query(`set local search_path to ''`);
      await manager.query('update public.stage set subject = $1 where stage_uuid = $2', ['By a dump', pk]);
    });
    expect((await app.api.get(path)).body.subject).toBe('By a dump');
    await app.nest.get(Housekeeping).doEverything();
    expect(await app.dataSource.query('select from "revision"')).toHaveLength(1);
    await expectFromCache(() => app.api.get(path));
  });

  it('only depends on tables whose changes are recorded', async () => {
    const { pk: stage } = await createEmailStage(app.api);
    await createBinding(app.api, { stage, target: (await createFlow(app.api)).pk });
    const recorded = await app.dataSource.query<{ name: string }[]>(
      `select tgrelid::regclass::text as name from pg_trigger where tgfoid = 'record_revision'::regproc`,
    );
    const lists = [...app.routes].filter(
      // A stream of events does not end, and looks for events meanwhile.
      ({ method, path }) => method === 'GET' && !path.includes(':') && !path.endsWith('/events/stream'),
    );
    const cached: string[] = [];
    const paths = lists.map(({ path }) => `${path}/`);
    for (const path of paths) {
      let response: Response | undefined;
      const [, ...statements] = await statementsOf(async () => {
        const headers = { authorization: `Bearer ${adminKey}` };
        response = await fetch(`${app.url}${path}?page_size=7`, { headers });
      });
      if (!response?.headers.has('etag')) continue;
      cached.push(path);
      const { results: [row] = [] } = (await response.json()) as { results?: { slug?: string; pk: string }[] };
      if (row !== undefined) paths.push(`${path}${row.slug ?? row.pk}/`);
      const tables = [...statements.join().matchAll(/\b(?:from|join) "(?!current_revision)(\w+)"/gi)].map(
        ([, name]) => name,
      );
      expect(recorded.map(({ name }) => name)).toEqual(expect.arrayContaining(tables));
      expect(tables, path).not.toEqual([]);
    }
    for (const list of ['stages/all', 'stages/email', 'flows/bindings', 'flows/instances']) {
      expect(cached.filter((path) => path.startsWith(`/api/v3/${list}/`))).toHaveLength(2);
    }
  });
});

describe('The row count', () => {
  it('is updated for every page after a change', async () => {
    let page = 0;
    // The API ignores the parameter, which makes each page's cache key unique.
    const countOf = async (): Promise<number> =>
      (await app.api.get(`/stages/email/?page_size=1&test=${page++}`)).body.pagination.count;
    const before = await countOf();
    expect(await countOf()).toBe(before);
    const { pk } = await createEmailStage(other.api);
    expect(await countOf()).toBe(before + 1);
    await app.dataSource.query('delete from "stage" where stage_uuid = $1', [pk]);
    expect(await countOf()).toBe(before);
  });

  it('comes from the cache while nothing changes', async () => {
    const find = vi.spyOn(RowCounts.prototype, 'find');
    const path = '/stages/email/?page_size=1';
    try {
      await app.api.get(`${path}&test=first`);
      const [call] = find.mock.contexts.map((counts) => counts as RowCounts);
      const [[list] = ['']] = find.mock.calls;
      const known = call?.find(list);
      expect(known).toBeDefined();
      find.mockReturnValue({ revision: known!.revision, count: 12_345 });
      expect((await app.api.get(`${path}&test=second`)).body.pagination.count).toBe(12_345);
    } finally {
      find.mockRestore();
    }
  });

  it('includes only rows that match the filter and are visible to the caller', async () => {
    const stage = await createEmailStage(app.api, { host: 'counted.example.org' });
    const actor = await createActor(app);
    const permissions = ['authentik_stages_email.view_emailstage'];
    await allow(app, actor.user.pk, { permissions, model: 'authentik_stages_email.emailstage', object_pk: stage.pk });
    const countOf = async (query: string, { api }: Pick<TestApp, 'api'> = app): Promise<number> =>
      (await api.get(`/stages/email/?${query}`)).body.pagination.count;
    expect(await countOf('')).toBeGreaterThan(1);
    expect(await countOf('host=counted.example.org')).toBe(1);
    expect(await countOf('port=25', actor)).toBe(1);
    expect(await countOf('port=25&test=1')).toBeGreaterThan(1);
    expect(await countOf('search=nothing+has+this+name')).toBe(0);
  });
});

describe('A change', () => {
  it('is served after its commit, also if a later transaction was committed first', async () => {
    const [first, second] = [await createEmailStage(app.api), await createEmailStage(app.api)];
    const subjects = (): Promise<string[]> =>
      Promise.all(
        [first, second].map(async ({ pk }) => (await app.api.get(`/stages/email/${pk}/`)).body.subject as string),
      );
    const set = 'update "stage" set subject = $1 where stage_uuid = $2';
    const slow = new Client({ connectionString: (app.dataSource.options as { url: string }).url });
    await slow.connect();
    try {
      await slow.query('begin');
      await slow.query(set, ['slow', first.pk]);
      await app.dataSource.query(set, ['fast', second.pk]);
      for (const _ of [1, 2]) expect(await subjects()).toEqual(['authentik', 'fast']);
      await slow.query('commit');
      expect(await subjects()).toEqual(['slow', 'fast']);
    } finally {
      await slow.end();
    }
  });

  it('is served to all clients as soon as the writer has its response, under concurrent requests', async () => {
    const stages = await Promise.all([1, 2, 3].map(() => createEmailStage(app.api, { timeout: 1 })));
    const paths = [...stages.map(({ pk }) => `/stages/email/${pk}/`), '/stages/email/?ordering=-name&page_size=500'];
    /** Last value acknowledged to its writer, by stage. */
    const written = new Map(stages.map(({ pk }) => [pk, 1]));
    const rowsOf = (body: any): { pk: string; timeout: number }[] => (body.results ?? [body]) as never;
    let isOver = false;
    const writing = stages.map(async ({ pk }, index) => {
      for (let timeout = 2; timeout <= 40; timeout += 1) {
        const { api } = (index + timeout) % 2 === 0 ? app : other;
        expect((await api.patch(`/stages/email/${pk}/`, { timeout })).status).toBe(200);
        written.set(pk, timeout);
      }
    });
    const outcomes = new Set<number>();
    const reading = [app, other, app, other].map(async (server) => {
      const get = cachingClient(server);
      for (let turn = 0; !isOver || turn < 20; turn += 1) {
        const before = new Map(written);
        const { status, body } = await get(paths[turn % paths.length]!);
        outcomes.add(status);
        for (const { pk, timeout } of rowsOf(body)) expect(timeout).toBeGreaterThanOrEqual(before.get(pk) ?? 1);
      }
      for (const path of paths) expect((await get(path)).body.timeout ?? 40).toBe(40);
      for (const path of paths) outcomes.add((await get(path)).status);
    });
    await Promise.all(writing);
    isOver = true;
    await Promise.all(reading);
    expect([...outcomes].sort()).toEqual([200, 304]);
  });
});
