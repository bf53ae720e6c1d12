import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { installedBinaries, platformPackage } from '../../src/database/embedded/binaries.js';
import { installCluster } from '../../src/database/embedded/cluster.js';
import { createDatabase, openPresence, urlOf } from '../../src/database/embedded/connections.js';
import { newState, writeState } from '../../src/database/embedded/database-state.js';
import { withOldBinaries } from '../../src/database/embedded/old-binaries.js';
import { placeCluster, type Placement } from '../../src/database/embedded/placement.js';
import { startServer, stopServer } from '../../src/database/embedded/server.js';
import { ApiClient } from '../support/api-client.js';
import { ServiceProcess } from '../support/service-process.js';

const key = 'administrator-of-the-tests-0123456789';
const npmSettings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(HOME$|npm_config_|NODE_EXTRA_CA_CERTS$|https?_proxy$)/i.test(name)),
) as Record<string, string>;
const environment = {
  SECRET_KEY: 'secret-key-of-the-tests-0123456789',
  BOOTSTRAP_TOKEN: key,
  ...npmSettings,
  PORT: '0',
};
const ignore = (): void => undefined;

const reason = await promisify(execFile)('npm', ['view', platformPackage(), 'version']).then(
  () => undefined,
  () => 'npm cannot reach its registry',
);

let home: string;
let dataDir: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'email-stage-upgrade-'));
  // The server of root runs as another user.
  await chmod(home, 0o755);
  dataDir = join(home, 'data');
  await mkdir(dataDir, { mode: 0o755 });
});
afterAll(() => rm(home, { recursive: true, maxRetries: 10 }));

function command(name: string): ServiceProcess {
  return ServiceProcess.start({ ...environment, DATA_DIR: dataDir }, undefined, home, [name]);
}

async function started(service: ServiceProcess): Promise<ApiClient> {
  const [, url = ''] = await service.prints(/(http:\/\/127[\d.:]+) is ready/);
  return new ApiClient(url, key);
}

/** Creates the data directory as the service with PostgreSQL `major` did, with a user. */
async function createOldDatabase(major: number): Promise<Placement> {
  await writeState(dataDir, newState('postgres'));
  const placement = await placeCluster(dataDir, ignore, ignore);
  await withOldBinaries(major, placement, ignore, async (binaries) => {
    await installCluster(placement, binaries);
    const address = (await startServer(placement, binaries))!;
    const client = await openPresence(address);
    await createDatabase(client, 'email_stage');
    const service = ServiceProcess.start({ ...environment, DATABASE_URL: urlOf(address, 'email_stage') });
    const api = await started(service);
    const user = await api.post('/core/users/', { username: 'reader', name: 'line\u2028end \\. \t', attributes: {} });
    expect(user.status).toBe(201);
    service.signal('SIGTERM');
    await service.ended();
    await client.end();
    await stopServer(placement.cluster, binaries);
  });
  await writeState(dataDir, { ...placement.state, installed: true });
  return placement;
}

it.skipIf(reason !== undefined)(
  'moves the database of the previous major version of PostgreSQL, and loses nothing when it is killed',
  async () => {
    const { major } = await installedBinaries();
    const { cluster } = await createOldDatabase(major - 1);

    const refused = command('start');
    expect(await refused.ended()).toBe(1);
    expect(refused.output).toMatch(/^[^\n]*email-stage cannot start: [^\n]*npm run db:upgrade\)\.[^\n]*\n$/);

    for (const step of [/Downloading/, /Installing/, /Copying/, /Loading/]) {
      const killed = command('db:upgrade');
      await killed.prints(step);
      killed.signal('SIGKILL');
      await killed.ended();
      expect(await readFile(join(cluster, 'PG_VERSION'), 'utf8')).toBe(`${major - 1}\n`);
    }
    const upgrade = command('db:upgrade');
    expect(await upgrade.ended(), upgrade.output).toBe(0);
    expect(await readFile(join(`${cluster}.old-${major - 1}`, 'PG_VERSION'), 'utf8')).toBe(`${major - 1}\n`);

    // As if it had been killed between the two renames.
    await rename(cluster, `${cluster}.new-${major}`);
    const interrupted = command('start');
    expect(await interrupted.ended()).toBe(1);
    expect(interrupted.output).toContain('An upgrade of the database was interrupted');
    expect(await command('db:upgrade').ended()).toBe(0);

    const service = command('start');
    const { body } = await (await started(service)).get('/core/users/?username=reader');
    expect(body.results).toMatchObject([{ username: 'reader', name: 'line\u2028end \\. \t'.trim() }]);
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);
  },
);
