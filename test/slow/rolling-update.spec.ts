import { execFile } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { compile } from '../support/compiled-sources.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const key = 'administrator-of-the-tests-0123456789';

/** Returns the commit before the newest migration: the newest version with another schema. */
async function previousCommit(): Promise<string> {
  const migrations = 'src/database/migrations/migrations.ts';
  const { stdout } = await run('git', ['log', '-1', '--format=%H', '--', migrations], { cwd: root });
  const { stdout: parent } = await run('git', ['rev-parse', '--verify', `${stdout.trim()}^`], { cwd: root });
  return parent.trim();
}

const previous = await previousCommit().catch(() => undefined);

let database: TestDatabase;
let folder: string;
const services: ServiceProcess[] = [];

beforeAll(async () => {
  // The folder is inside node_modules, so that packages are resolved.
  folder = join(root, 'node_modules/.cache/email-stage-tests', `${process.pid}-previous`);
  await mkdir(join(folder, 'archive'), { recursive: true });
  database = await createTestDatabase('nothing');
});
afterAll(async () => {
  for (const service of services) service.signal('SIGKILL');
  await Promise.all(services.map((service) => service.ended()));
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Compiles a commit. @returns the folder of its compiled sources */
async function compiled(commit: string): Promise<string> {
  const tar = join(folder, 'archive.tar');
  await run('git', ['archive', '-o', tar, commit, 'src', 'blueprints'], { cwd: root });
  await run('tar', ['-xf', tar, '-C', join(folder, 'archive')]);
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  await compile(join(folder, 'archive/src'), join(folder, 'src'));
  await cp(join(folder, 'archive/blueprints'), join(folder, 'blueprints'), { recursive: true });
  return join(folder, 'src');
}

function start(sources?: string): ServiceProcess {
  const settings = { DATABASE_URL: database.url, SECRET_KEY: 'secret-key-of-the-tests-0123456789' };
  const service = ServiceProcess.start({ ...settings, BOOTSTRAP_TOKEN: key, PORT: '0' }, sources);
  services.push(service);
  return service;
}

async function apiOf(service: ServiceProcess): Promise<ApiClient> {
  const [, url = ''] = await service.prints(/(http:\/\/127[\d.:]+)\/api\/v3\/docs/);
  return new ApiClient(url, key);
}

it('runs beside the version before the newest migration, both writing', async ({ skip }) => {
  if (previous === undefined) return skip('There is no history with the commit before the newest migration.');
  const sources = await compiled(previous);
  const old = await apiOf(start(sources));
  const current = await apiOf(start());

  for (const [writer, reader, name] of [
    [old, current, 'old'],
    [current, old, 'current'],
  ] as const) {
    const requests = [
      ['/core/users/', { username: name, name, email: `${name}@example.org`, attributes: {} }],
      ['/core/groups/', { name }],
      ['/flows/instances/', { name, slug: name, title: name, designation: 'authentication' }],
      ['/stages/email/', { name: `email-${name}` }],
      ['/stages/dummy/', { name: `dummy-${name}` }],
      ['/policies/password/', { name: `policy-${name}` }],
      ['/stages/invitation/invitations/', { name: `invitation-${name}` }],
    ] as const;
    for (const [path, body] of requests) {
      const created = await writer.post(path, body);
      expect([path, created.status]).toEqual([path, 201]);
      const { body: list } = await reader.get(`${path}?page_size=1000`);
      expect(list.results.map((row: { name: string }) => row.name)).toContain(body.name);
    }
    // Each writes events and reads those of the other.
    const events = await reader.get('/events/events/?page_size=1');
    expect(events.body.results[0]).toMatchObject({ action: 'model_created' });
  }

  const restarted = start(sources);
  expect(await restarted.ended()).toBe(1);
  expect(restarted.output).toContain('The database was migrated by a newer version');
  expect((await old.get('/core/users/?username=current')).body.results).toHaveLength(1);
});
