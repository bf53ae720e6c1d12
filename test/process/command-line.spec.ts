import { execFile, type ExecFileOptions, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { Token } from '../../src/core/tokens/token.entity.js';
import { User } from '../../src/core/users/user.entity.js';
import { createUser } from '../factories/user.js';
import { ServiceProcess } from '../support/service-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

const SECRET_KEY = 'secret-key-of-the-tests-0123456789';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-line-'));
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * Runs `email-stage` in an empty folder.
 *
 * @param environment settings by name; none is inherited
 * @param options of the process
 */
function run(
  args: string[],
  environment: Record<string, string> = {},
  options: Pick<ExecFileOptions, 'uid' | 'gid' | 'cwd'> = {},
): Promise<CommandResult> {
  const { PATH = '' } = process.env;
  const command = [join(inject('compiledSources'), 'main.js'), ...args];
  return new Promise((resolve) => {
    const given = { cwd: folder, env: { PATH, ...environment }, encoding: 'utf8' as const, ...options };
    execFile(process.execPath, command, given, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
  });
}

describe('email-stage', () => {
  it('prints its commands', async () => {
    const { code, output, errors } = await run(['--help']);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/^usage: email-stage \[command\]/);
    expect(output.match(/^ {2}\S+/gm)?.map((name) => name.trim())).toEqual([
      'start',
      'worker',
      'migrate',
      'token',
      'email:test',
      'rotate-key',
      'signing-key:rotate',
      'db:dump',
      'db:restore',
      'db:upgrade',
    ]);
  });

  it.each([
    'start',
    'worker',
    'migrate',
    'token',
    'email:test',
    'rotate-key',
    'signing-key:rotate',
    'db:dump',
    'db:restore',
    'db:upgrade',
  ])('prints the usage of %s', async (name) => {
    const { code, output, errors } = await run([name, '--help']);
    expect([code, errors]).toEqual([0, '']);
    expect(output.startsWith(`usage: email-stage ${name}`)).toBe(true);
  });

  it.each([
    ['an unknown command', ['stop'], "Unknown command 'stop'\n\nusage: email-stage [command]"],
    ['an unknown option of start', ['start', '--port', '1'], "Unknown option '--port'"],
    ['an argument of migrate', ['migrate', 'now'], "Unexpected argument 'now'"],
    ['a token without a user', ['token'], 'Give exactly one user name.\n\nusage: email-stage token'],
  ])('refuses %s with the usage', async (_, args, message) => {
    const { code, output, errors } = await run(args);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toContain(message);
    expect(errors).toContain('usage: email-stage');
  });
});

describe('email-stage migrate', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase('nothing');
  });
  afterAll(() => database.drop());

  it('migrates a database that a start with MIGRATE_AT_START=false refuses until then', async () => {
    const settings = { DATABASE_URL: database.url, SECRET_KEY, PORT: '0', LOG_LEVEL: 'fatal' };
    const start = (): ServiceProcess => ServiceProcess.start({ ...settings, MIGRATE_AT_START: 'false' });

    const refused = start();
    expect(await refused.ended()).toBe(1);
    expect(refused.log.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(
        /^email-stage cannot start: The database is not migrated \(\d+ migrations to run\) and MIGRATE_AT_START is false\. Run `email-stage migrate` /,
      ),
    ]);
    const dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const tables = await dataSource.query("select from pg_tables where schemaname = 'public'");
    await dataSource.destroy();
    expect(tables).toEqual([]);

    expect(await run(['migrate'], settings)).toEqual({
      code: 0,
      output: 'Migrating the database\nThe database is up to date\n',
      errors: '',
    });
    expect(await run(['migrate'], settings)).toMatchObject({ code: 0, output: 'The database is up to date\n' });

    const accepted = start();
    await accepted.prints(/api\/v3\/docs/);
    accepted.signal('SIGTERM');
    expect(await accepted.ended()).toBe(0);
  });

  it('fails with one line without a database server', async () => {
    const settings = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing', SECRET_KEY };
    const { code, output, errors } = await run(['migrate'], settings);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1:1\n$/);
  });

  it.runIf(process.getuid?.() === 0)('runs as a user without an entry in passwd', async ({ skip }) => {
    const user = { uid: 54_321, gid: 54_321, cwd: tmpdir() };
    const { status } = spawnSync('test', ['-r', inject('compiledSources')], user);
    skip(status !== 0, 'the project is in a folder that other users cannot read');
    const settings = { DATABASE_URL: database.url, SECRET_KEY, DATA_DIR: tmpdir() };
    const { code, errors } = await run(['migrate'], settings, user);
    expect([code, errors]).toEqual([0, '']);
  });
});

describe('email-stage signing-key:rotate', { timeout: 120_000 }, () => {
  it('replaces the key beside a running service, and prints the new one', async () => {
    const app = await startTestApp({ ROLE: 'api' });
    const published = async (): Promise<string[]> => {
      const response = await fetch(`${app.url}/.well-known/jwks.json`);
      return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const [before] = await published();
    const { url } = app.dataSource.options as { url: string };
    const settings = { DATABASE_URL: url, SECRET_KEY, DATA_DIR: folder };
    const { code, output } = await run(['signing-key:rotate'], settings);
    expect(code).toBe(0);
    expect(await published()).toEqual([output.trim(), before]);
    await app.stop();
  });
});

describe('email-stage token', { timeout: 120_000 }, () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ ROLE: 'api' });
  });
  afterAll(() => app.stop());

  function create(...args: string[]): Promise<CommandResult> {
    const { url } = app.dataSource.options as { url: string };
    return run(['token', ...args], { DATABASE_URL: url, SECRET_KEY, DATA_DIR: folder });
  }

  it('prints the key of a new token, which expires after a day, and nothing else', async () => {
    const email = 'owner@example.org';
    const { username, pk } = await createUser(app.api, { email });
    const { code, output, errors } = await create(username, '--description', 'For the deployment');
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/^\w{60}\n$/);
    const me = await fetch(`${app.url}/api/v3/core/users/me/`, {
      headers: { authorization: `Bearer ${output.trim()}` },
    });
    expect(await me.json()).toMatchObject({ user: { username } });

    const token = await app.dataSource.manager.findOneByOrFail(Token, { userId: pk });
    expect(token).toMatchObject({ description: 'For the deployment', intent: 'api', expiring: true });
    expect(JSON.stringify(token)).not.toContain(output.trim());
    const hours = (token.expires!.getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24.1);
    const mails = await app.dataSource.query('select from mail_message where recipient_address = $1', [email]);
    expect(mails).toHaveLength(1);
  });

  it('creates a token that does not expire with --no-expiry', async () => {
    const { username, pk } = await createUser(app.api);
    expect((await create(username, '--no-expiry')).code).toBe(0);
    expect(await app.dataSource.manager.findOneByOrFail(Token, { userId: pk })).toMatchObject({ expiring: false });
  });

  it('refuses an unknown and an inactive user', async () => {
    const { username, pk } = await createUser(app.api);
    await app.dataSource.manager.update(User, { pk }, { isActive: false });
    for (const name of ['nobody', username]) {
      expect(await create(name)).toEqual({ code: 1, output: '', errors: `There is no active user '${name}'\n` });
    }
    expect(await app.dataSource.manager.countBy(Token, { userId: pk })).toBe(0);
  });
});
