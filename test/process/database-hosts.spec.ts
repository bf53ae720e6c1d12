import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DatabaseClient } from '../../src/database/database-client.js';
import { execute } from '../support/database-server.js';
import { ReplicatedDatabase } from '../support/replicated-database.js';
import { freePort } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Name = 'primary' | 'standby' | 'closed' | 'silent';

let database: ReplicatedDatabase;
/** Accepts connections and says nothing. */
let silent: Server;
let ports: Record<Name, number>;
beforeAll(async () => {
  database = await ReplicatedDatabase.start();
  silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  ports = {
    primary: Number(new URL(database.primary.url).port),
    standby: Number(new URL(database.standby.url).port),
    closed: await freePort(),
    silent: (silent.address() as AddressInfo).port,
  };
});
afterAll(async () => {
  silent.close();
  await database.drop();
});

/** URL of the database on these servers, in this order. */
function urlOf(servers: readonly Name[], target?: string): string {
  const { username, password, pathname, search } = new URL(database.primary.url);
  const hosts = servers.map((name) => `127.0.0.1:${ports[name]}`).join(',');
  const more = target === undefined ? '' : `&target_session_attrs=${target}`;
  return `postgres://${username}:${password}@${hosts}${pathname}${search}${more}`;
}

async function connect(servers: readonly Name[], target?: string, timeout = 20_000): Promise<DatabaseClient> {
  const connectionString = urlOf(servers, target);
  const client = new DatabaseClient({ connectionString, connectionTimeoutMillis: timeout });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function serverOf(client: DatabaseClient): Promise<Name | undefined> {
  const { rows } = await client.query<{ port: number }>('select inet_server_port() as port');
  return (Object.keys(ports) as Name[]).find((name) => ports[name] === rows[0]?.port);
}

async function usedServer(servers: readonly Name[], target?: string, timeout?: number): Promise<Name | undefined> {
  const client = await connect(servers, target, timeout);
  try {
    return await serverOf(client);
  } finally {
    await client.end();
  }
}

describe('With several servers in the database URL, a connection', () => {
  it.each([
    [['standby', 'primary'], undefined, 'standby'],
    [['standby', 'primary'], 'any', 'standby'],
    [['closed', 'primary', 'standby'], 'any', 'primary'],
    [['standby', 'primary'], 'read-write', 'primary'],
    [['primary', 'standby'], 'read-write', 'primary'],
    [['standby', 'closed', 'primary'], 'primary', 'primary'],
  ] as const)('to %j with target_session_attrs=%s is one to %s', async (servers, target, expected) => {
    expect(await usedServer(servers, target)).toBe(expected);
  });

  it('leaves a silent server when its share of the time is over, and tries it last from then on', async () => {
    expect(await usedServer(['silent', 'primary'], 'read-write', 2_000)).toBe('primary');
    const since = performance.now();
    expect(await usedServer(['silent', 'primary'], 'read-write')).toBe('primary');
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('fails with what is wrong with each of them', async () => {
    const connecting = connect(['closed', 'standby'], 'read-write');
    await expect(connecting).rejects.toThrow(
      `Connection terminated: no server can be used (127.0.0.1:${ports.closed}: connect ECONNREFUSED ` +
        `127.0.0.1:${ports.closed}; 127.0.0.1:${ports.standby}: is read-only)`,
    );
    await expect(connect(['standby'], 'primary')).rejects.toThrow('is a standby');
  });

  it('stops at a server that rejects the password', async () => {
    const url = new URL(urlOf(['primary']));
    url.password = 'wrong';
    const connectionString = url.href.replace(url.host, `${url.host},127.0.0.1:${ports.closed}`);
    await expect(new DatabaseClient({ connectionString }).connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('is closed when its server has become read-only', async () => {
    const client = await connect(['primary', 'standby'], 'read-write');
    await client.query('create table written (number int)');
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    await setReadOnly('on');
    await expect.poll(() => client.query('insert into written values (1)').then(() => 0, codeOf)).toBe('25006');
    await ended;
    expect(await usedServer(['primary'], 'primary')).toBe('primary');
    await expect(connect(['primary', 'standby'], 'read-write')).rejects.toThrow('is read-only');
    await setReadOnly('off');
    await expect.poll(() => usedServer(['primary', 'standby'], 'read-write').catch(codeOf)).toBe('primary');
  });
});

async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  await execute(database.primary.url, `alter system set default_transaction_read_only = ${value}`);
  await execute(database.primary.url, 'select pg_reload_conf()');
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

describe('The service', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({}, { url: urlOf(['standby', 'primary'], 'read-write'), drop: () => Promise.resolve() });
  });
  afterAll(() => app.stop());

  it('writes to the standby after a fail-over, with nothing lost', async ({ annotate }) => {
    const create = (name: string): Promise<{ status: number }> => app.api.post('/stages/email/', { name });
    expect((await create('before')).status).toBe(201);
    await database.failOver();
    const since = performance.now();
    await expect.poll(async () => (await create('after')).status, { timeout: 30_000 }).toBe(201);
    await annotate(`writes ${((performance.now() - since) / 1000).toFixed(1)} s after the fail-over`);
    const ready = async (): Promise<number> => (await fetch(`${app.url}/-/health/ready/`)).status;
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    const { body } = await app.api.get('/stages/email/?ordering=name&search=');
    expect(JSON.stringify(body)).toMatch(/"after".*"before"/s);
  });
});
