import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { waitUntil } from '../../src/database/embedded/wait-until.js';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { execute } from './database-server.js';

/** A primary PostgreSQL server and a standby that replicates it. */
export class ReplicatedDatabase {
  private constructor(
    private readonly folder: string,
    readonly primary: EmbeddedDatabase,
    readonly standby: EmbeddedDatabase,
  ) {}

  static async start(): Promise<ReplicatedDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'email-stage-test-'));
    // As root, the server runs as another user, who needs access.
    await chmod(folder, 0o755);
    const [original, copy] = [join(folder, 'a'), join(folder, 'b')];
    await stop(await start(original), 'SIGINT');
    // A copy of a stopped server is a valid base for its standby. Unlike fs.cp, cp keeps owners.
    await promisify(execFile)('cp', ['-a', original, copy]);
    const primary = await start(original);
    const { port, username, password } = new URL(primary.url);
    const cluster = primary.directory.replace(original, copy);
    await writeFile(join(cluster, 'standby.signal'), '');
    const server = `host=127.0.0.1 port=${port} user=${username} password=${password}`;
    await appendFile(join(cluster, 'postgresql.auto.conf'), `primary_conninfo = '${server}'\n`);
    return new ReplicatedDatabase(folder, primary, await start(copy));
  }

  /** Ends the primary at once when the standby has everything, and makes the standby the primary. */
  async failOver(): Promise<void> {
    const written = await answer(this.primary, 'select pg_current_wal_lsn()::text as value');
    const hasAll = `select pg_last_wal_replay_lsn() >= '${String(written)}' as value`;
    await waitUntil(60_000, async () => ((await answer(this.standby, hasAll)) === true ? true : undefined));
    await stop(this.primary, 'SIGQUIT');
    await execute(this.standby.url, 'select pg_promote()');
  }

  async drop(): Promise<void> {
    for (const server of [this.standby, this.primary]) await stop(server, 'SIGINT');
    await rm(this.folder, { recursive: true, force: true });
  }
}

function start(dataDir: string): Promise<EmbeddedDatabase> {
  return startEmbeddedDatabase({ dataDir, report: () => undefined });
}

async function answer({ url }: EmbeddedDatabase, statement: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ value: unknown }>(statement)).rows[0]?.value;
  } finally {
    await client.end();
  }
}

async function stop({ directory }: EmbeddedDatabase, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  const running = await findPostmaster(directory);
  if (running === undefined) return;
  process.kill(running.pid, signal);
  await waitUntil(60_000, async () => ((await findPostmaster(directory)) ? undefined : true));
}
