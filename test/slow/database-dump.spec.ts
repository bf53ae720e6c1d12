import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { ServiceProcess } from '../support/service-process.js';

const key = 'administrator-of-the-tests-0123456789';
const names = ['', 'no \\N null', 'tab\tand line\u2028end', '\\.', 'Ünï — 日本 "quoted"'];

let home: string;
let dump: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'email-stage-dump-'));
  // The server of root runs as another user.
  await chmod(home, 0o755);
  dump = join(home, 'rows.dump');
});
afterAll(() => rm(home, { recursive: true, maxRetries: 10 }));

function run(...args: string[]): ServiceProcess {
  const environment = { BOOTSTRAP_TOKEN: key, DATA_DIR: join(home, 'data'), PORT: '0' };
  return ServiceProcess.start(environment, undefined, home, args);
}

async function result(...args: string[]): Promise<{ code: number | null; output: string }> {
  const process = run(...args);
  return { code: await process.ended(), output: process.output };
}

async function apiOf(service: ServiceProcess): Promise<ApiClient> {
  const [, url = ''] = await service.prints(/(http:\/\/127[\d.:]+) is ready/);
  return new ApiClient(url, key);
}

async function namesOf(api: ApiClient): Promise<unknown> {
  const { body } = await api.get('/core/users/?search=reader&ordering=username');
  return body.results.map(({ name }: { name: string }) => name);
}

it('dumps the rows of a running service, restores them when it has stopped, and refuses other files', async () => {
  const service = run();
  const api = await apiOf(service);
  for (const [index, name] of names.entries()) {
    const { status } = await api.post('/core/users/', { username: `reader-${index}`, name, attributes: { name } });
    expect(status).toBe(201);
  }
  const before = await api.get('/core/users/?search=reader&ordering=username');
  expect(await result('db:dump', dump)).toMatchObject({ code: 0, output: expect.stringContaining('secret.key') });
  expect((await stat(dump)).mode & 0o777).toBe(0o600);
  expect(await result('db:dump', dump)).toMatchObject({ code: 1, output: `${dump} exists already.\n` });
  await api.post('/core/users/', { username: 'reader-later', name: 'later', attributes: {} });
  expect(await result('db:restore', dump)).toMatchObject({
    code: 1,
    output: expect.stringContaining('The service is running. Stop it first.'),
  });
  service.signal('SIGTERM');
  await service.ended();

  const broken = join(home, 'broken.dump');
  const content = await readFile(dump);
  await writeFile(broken, content.subarray(0, content.length - 100));
  expect(await result('db:restore', broken)).toMatchObject({ code: 1, output: expect.stringContaining('broken.dump') });
  await writeFile(broken, 'no dump');
  expect(await result('db:restore', broken)).toMatchObject({ code: 1 });
  const unchanged = run();
  expect(await namesOf(await apiOf(unchanged))).toHaveLength(names.length + 1);
  unchanged.signal('SIGTERM');
  await unchanged.ended();

  expect(await result('db:restore', dump)).toMatchObject({ code: 0 });
  const restored = run();
  const restoredApi = await apiOf(restored);
  expect((await restoredApi.get('/core/users/?search=reader&ordering=username')).body).toEqual(before.body);
  // Sequences go on where they were.
  const next = await restoredApi.post('/core/users/', { username: 'next', name: 'next', attributes: {} });
  expect([next.status, next.body.pk > before.body.results.at(-1).pk]).toEqual([201, true]);
  restored.signal('SIGTERM');
  expect(await restored.ended()).toBe(0);
}, 180_000);
