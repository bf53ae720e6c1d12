import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import { newState, readState, writeState } from '../../src/database/embedded/database-state.js';
import { sharedDirectory } from '../../src/database/embedded/placement.js';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { findProcess } from '../../src/database/embedded/processes.js';
import { serverAccount } from '../../src/database/embedded/server-account.js';
import { waitUntil } from '../../src/database/embedded/wait-until.js';
import type { EmbeddedDatabase } from '../../src/database/embedded-database.js';
import { findEmbeddedDatabase, startEmbeddedDatabase } from '../../src/database/embedded-database.js';

const root = process.getuid?.() === 0;

const ignore = (): void => undefined;

let home: string;
let dataDir: string;
let reports: string[];

// The first start on a machine creates the account and reports it, which would disturb the tests below.
beforeAll(async () => {
  if (root) await serverAccount(ignore, ignore);
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'email-stage-'));
  // mkdtemp creates a private folder, which root's server cannot reach; a test below covers that.
  await chmod(home, 0o755);
  dataDir = join(home, 'data');
  reports = [];
});

afterEach(async () => {
  for (const directory of await readdir(home)) {
    const state = await readState(join(home, directory)).catch(() => undefined);
    if (state === undefined) continue;
    const cluster = resolve(home, directory, state.cluster);
    await crash(cluster, 'SIGQUIT');
    await rm(cluster, { recursive: true, force: true });
  }
  await rm(home, { recursive: true });
});

function start(directory = dataDir): Promise<EmbeddedDatabase> {
  return startEmbeddedDatabase({ dataDir: directory, report: (line) => reports.push(line) });
}

/** Runs a statement on a new connection and returns the first column of the first row. */
async function query(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** Kills the cluster's server, if there is one, and waits for its end. */
async function crash(cluster: string, signal: NodeJS.Signals): Promise<void> {
  const running = await findPostmaster(cluster);
  if (running === undefined) return;
  process.kill(running.pid, signal);
  const gone = await waitUntil(30_000, async () => ((await findProcess(running.pid)) ? undefined : true));
  expect(gone).toBe(true);
}

describe('The first start', () => {
  it('creates a durable database with the same collation on every machine', async () => {
    const database = await start();
    expect(database.adopted).toBe(false);
    expect(database.directory).toBe(join(dataDir, 'postgres'));
    expect(new URL(database.url)).toMatchObject({ protocol: 'postgres:', hostname: '127.0.0.1' });
    expect(await query(database.url, 'select current_database()')).toBe('email_stage');
    const facts = `select concat_ws(' ', pg_encoding_to_char(encoding), datlocprovider, datlocale, datcollate,
      current_setting('fsync'), current_setting('password_encryption'), current_setting('unix_socket_directories'))
      from pg_database where datname = current_database()`;
    expect(await query(database.url, facts)).toBe('UTF8 b C.UTF-8 C on scram-sha-256 ');
    expect(reports).toEqual([
      `Installing PostgreSQL 18 in ${database.directory} (only at the first start)`,
      `Starting PostgreSQL 18 in ${database.directory}`,
    ]);
    await database.stop();
    expect(await findPostmaster(database.directory)).toBeUndefined();
    expect(await readdir(dataDir)).toEqual(['database.json', 'postgres', expect.stringMatching(/^start-lock\.\d+$/)]);
  });

  it('requires a password that only the owner can read', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(dataDir, 'database.json'))).mode & 0o777).toBe(0o600);
  });

  it('works in a folder with spaces, quotes and non-ASCII letters', async () => {
    const { url, directory } = await start(join(home, `it's "my" $HOME dätä`));
    expect(await query(url, "select current_setting('data_directory')")).toBe(directory);
  });

  it('creates a database with the given name', async () => {
    const { url } = await startEmbeddedDatabase({ dataDir, report: () => undefined, database: 'Böse "Namen"' });
    expect(await query(url, 'select current_database()')).toBe('Böse "Namen"');
  });

  it('repeats the incomplete installation of a killed process', async () => {
    await mkdir(dataDir);
    const state = newState('postgres');
    await writeState(dataDir, state);
    await mkdir(join(dataDir, 'postgres.initdb-half', 'data', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'postgres.initdb-half', 'data', 'PG_VERSION'), '18\n');
    const { url } = await start();
    expect(new URL(url).password).toBe(state.password);
    expect(await query(url, 'select 1')).toBe(1);
    expect(await readdir(dataDir)).not.toContain('postgres.initdb-half');
  });

  it('stops the server if the database cannot be created', async () => {
    const impossible = startEmbeddedDatabase({ dataDir, report: () => undefined, database: 'a\0b' });
    await expect(impossible).rejects.toThrow('Cannot create database');
    expect(await findPostmaster(join(dataDir, 'postgres'))).toBeUndefined();
  });
});

describe('As root', () => {
  it.runIf(root)('keeps the cluster outside a private folder, reports its path, and finds it again', async () => {
    await chmod(home, 0o700);
    const first = await start();
    expect(first.directory).toMatch(new RegExp(`^${sharedDirectory}/[0-9a-f]{16}$`));
    expect(reports[0]).toContain(`Keeping the database in ${first.directory}`);
    await query(first.url, 'create table kept ()');
    await first.stop();
    const second = await start();
    expect(second.directory).toBe(first.directory);
    expect(await query(second.url, "select to_regclass('kept')::text")).toBe('kept');
    const fresh = await start(join(home, 'fresh'));
    expect(fresh.directory).not.toBe(first.directory);
  });
});

describe('As an ordinary user', () => {
  it.skipIf(root)('keeps the cluster in the data directory even if it is private', async () => {
    await chmod(home, 0o700);
    const { url, directory } = await start();
    expect(directory).toBe(join(dataDir, 'postgres'));
    expect(await query(url, 'select 1')).toBe(1);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  });
});

describe('A later start', () => {
  it('keeps the data', async () => {
    const first = await start();
    await query(first.url, "create table kept as select 'yes' as answer");
    await first.stop();
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select answer from kept')).toBe('yes');
  });

  it('keeps committed data after the server was killed, even while a client is still connected', async () => {
    const first = await start();
    const client = new pg.Client({ connectionString: first.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query("create table kept as select 'yes' as answer");
    await crash(first.directory, 'SIGKILL');
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select answer from kept')).toBe('yes');
    await client.end();
    await first.stop();
    expect(await query(second.url, 'select answer from kept')).toBe('yes');
  });

  it('starts even if another program has the process id of the dead server', async () => {
    const first = await start();
    await first.stop();
    // It runs as the server's user and is not an ancestor of the server: PostgreSQL handles other cases itself.
    const user = root ? await serverAccount(ignore, ignore) : {};
    const stranger = spawn('sleep', ['60'], { ...user, cwd: '/' });
    try {
      const lines = `${stranger.pid}\n${first.directory}\n1700000000\n5432\n\n127.0.0.1\n\nready\n`;
      await writeFile(join(first.directory, 'postmaster.pid'), lines);
      const second = await start();
      expect(second.adopted).toBe(false);
      expect(await query(second.url, 'select 1')).toBe(1);
    } finally {
      stranger.kill();
    }
  });

  it('refuses a cluster of another major version and changes nothing', async () => {
    await (await start()).stop();
    const version = join(dataDir, 'postgres', 'PG_VERSION');
    await writeFile(version, '14\n');
    const before = await readdir(join(dataDir, 'postgres'));
    await expect(start()).rejects.toThrow(/created by PostgreSQL 14, but this is PostgreSQL 18\. Nothing was changed/);
    expect(await readFile(version, 'utf8')).toBe('14\n');
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(before);
  });

  it('refuses to create an empty database if the cluster or its password is missing', async () => {
    await (await start()).stop();
    const state = await readFile(join(dataDir, 'database.json'), 'utf8');
    await rm(join(dataDir, 'database.json'));
    await expect(start()).rejects.toThrow('database.json, which holds its password, does not');
    await writeFile(join(dataDir, 'database.json'), state);
    await rm(join(dataDir, 'postgres'), { recursive: true });
    await expect(start()).rejects.toThrow(/The database in .*postgres is gone/);
  });

  it('includes the server’s log in the error if the server does not start', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(first.directory, 'postgresql.auto.conf'), 'no_such_setting = 1\n');
    await expect(start()).rejects.toThrow(/exited during its start(.|\n)*no_such_setting/);
  });
});

describe('Several processes', () => {
  it('share one server if they start concurrently', async () => {
    const all = await Promise.all([start(), start(), start()]);
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    expect(all.map(({ adopted }) => adopted).sort()).toEqual([false, true, true]);
    expect(reports.filter((line) => line.startsWith('Installing'))).toHaveLength(1);
    await all[0].stop();
    await all[1].stop();
    expect(await query(all[2].url, 'select 1')).toBe(1);
    await all[2].stop();
    expect(await findPostmaster(join(dataDir, 'postgres'))).toBeUndefined();
  });

  it('adopt the server of a killed process', async () => {
    const child = await startInProcess();
    await query(child.url, 'create table kept ()');
    // The whole process group, as a terminal does; the server must not be in it.
    process.kill(-child.pid, 'SIGKILL');
    await waitUntil(10_000, async () => ((await findProcess(child.pid)) ? undefined : true));
    const adopter = await start();
    expect(adopter).toMatchObject({ adopted: true, url: child.url });
    expect(reports).toEqual([`Using the PostgreSQL server that is already running in ${adopter.directory}`]);
    expect(await query(adopter.url, "select to_regclass('kept')::text")).toBe('kept');
    await adopter.stop();
    expect(await findPostmaster(adopter.directory)).toBeUndefined();
  });

  it('wait for a server that is shutting down, and start another', async () => {
    const first = await start();
    const client = new pg.Client({ connectionString: first.url });
    client.on('error', () => undefined);
    await client.connect();
    const running = await findPostmaster(first.directory);
    // "Smart shutdown": refuses new clients and waits until the last one has disconnected.
    process.kill(running?.pid ?? 0, 'SIGTERM');
    await waitUntil(10_000, () =>
      query(first.url, 'select 1').then(
        () => undefined,
        () => true,
      ),
    );
    const second = start();
    process.kill(running?.pid ?? 0, 'SIGINT');
    expect(await second).toMatchObject({ adopted: false });
    await client.end().catch(() => undefined);
  });

  it('keep the server running for a remaining client, and stop it after the last one', async () => {
    const first = await start();
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    await first.stop();
    expect(reports.at(-1)).toBe(`Leaving PostgreSQL in ${first.directory} running: it has 1 other client`);
    expect((await client.query('select 1')).rowCount).toBe(1);
    await client.end();
    const second = await start();
    expect(second.adopted).toBe(true);
    await Promise.all([second.stop(), second.stop()]);
    await second.stop();
    expect(await findPostmaster(first.directory)).toBeUndefined();
  });
});

describe('findEmbeddedDatabase', () => {
  it('returns the URL of a running server and creates nothing', async () => {
    expect(await findEmbeddedDatabase(dataDir)).toBeUndefined();
    expect(await readdir(home)).toEqual([]);
    const database = await start();
    expect(await findEmbeddedDatabase(dataDir)).toBe(database.url);
    await database.stop();
    expect(await findEmbeddedDatabase(dataDir)).toBeUndefined();
  });
});

/** Starts the database from a separate process group, which runs until it is killed. */
async function startInProcess(): Promise<{ pid: number; url: string }> {
  const module = pathToFileURL(join(inject('compiledSources'), 'database/embedded-database.js')).href;
  const script = `import { startEmbeddedDatabase } from ${JSON.stringify(module)};
    const { url } = await startEmbeddedDatabase({ dataDir: process.argv[1], report: () => undefined });
    setInterval(() => undefined, 1000);
    process.stdout.write(url);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  expect(url.toString()).toMatch(/^postgres:/);
  return { pid: child.pid ?? 0, url: url.toString() };
}
