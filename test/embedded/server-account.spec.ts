import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { changeOwner, nobody, serverAccount } from '../../src/database/embedded/server-account.js';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/database/embedded-database.js';

const root = process.getuid?.() === 0;
let lines: string[];
let warnings: string[];
let emptyFolder: string;

beforeEach(async () => {
  [lines, warnings] = [[], []];
  emptyFolder = await mkdtemp(join(tmpdir(), 'no-commands-'));
});
afterEach(() => rm(emptyFolder, { recursive: true }));

const find = (path?: string): ReturnType<typeof serverAccount> =>
  serverAccount(
    (line) => lines.push(line),
    (line) => warnings.push(line),
    path,
  );

describe('serverAccount', () => {
  it.runIf(root)('creates one account, also in concurrent calls', async () => {
    const [first, ...others] = await Promise.all([find(), find(), find()]);
    expect(first?.uid).not.toBe(nobody.uid);
    expect(first?.uid).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
    expect(warnings).toEqual([]);
    lines = [];
    expect(await find()).toEqual(first);
    expect(lines).toEqual([]);
  });

  it('falls back to nobody with a warning if the account cannot be created', async () => {
    expect(await find(emptyFolder)).toEqual(nobody);
    expect(warnings).toEqual([
      expect.stringMatching(/^The database runs as nobody, .*email-stage cannot be created \(/),
    ]);
    expect(lines).toEqual([]);
  });
});

describe('As root, the embedded database', () => {
  let home: string;
  let database: EmbeddedDatabase | undefined;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'server account '));
    await chmod(home, 0o755);
  });
  afterEach(async () => {
    await database?.stop();
    await rm(home, { recursive: true });
  });

  const start = async (): Promise<EmbeddedDatabase> =>
    (database = await startEmbeddedDatabase({ dataDir: join(home, 'data'), report: (line) => lines.push(line) }));

  async function query(statement: string): Promise<unknown[]> {
    const client = new Client({ connectionString: database?.url });
    await client.connect();
    const { rows } = await client.query(statement);
    await client.end();
    return rows;
  }

  /** Returns the owners of the server's process, of the cluster and of a file in it. */
  async function ownersOf({ directory }: EmbeddedDatabase): Promise<number[]> {
    const running = await findPostmaster(directory);
    const paths = [`/proc/${running?.pid}`, directory, join(directory, 'PG_VERSION')];
    return Promise.all(paths.map(async (path) => (await stat(path)).uid));
  }

  it.runIf(root)('runs as its own account, and takes over a cluster of nobody with its data', async () => {
    const { uid } = await find();
    const first = await start();
    expect(await ownersOf(first)).toEqual([uid, uid, uid]);
    await query("create table kept as select 'yes' as answer");
    await first.stop();
    await changeOwner(first.directory, nobody);
    const second = await start();
    expect(lines).toContain(`Changing the owner of the database in ${second.directory} to the account email-stage`);
    expect(await ownersOf(second)).toEqual([uid, uid, uid]);
    expect(await query('select answer from kept')).toEqual([{ answer: 'yes' }]);
  });
});
