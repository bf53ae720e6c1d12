import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Binaries } from '../../src/database/embedded/binaries.js';
import { installedBinaries, usableBinaries } from '../../src/database/embedded/binaries.js';
import { installCluster } from '../../src/database/embedded/cluster.js';
import { createDatabase, openPresence, probe } from '../../src/database/embedded/connections.js';
import type { Placement } from '../../src/database/embedded/placement.js';
import { placeCluster } from '../../src/database/embedded/placement.js';
import { findServer, startServer, stopServer } from '../../src/database/embedded/server.js';

let dataDir: string;
let placement: Placement;
let binaries: Binaries;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'server-'));
  await chmod(dataDir, 0o755);
  placement = await placeCluster(
    dataDir,
    () => undefined,
    () => undefined,
  );
  binaries = await usableBinaries(await installedBinaries(), placement.user, dataDir, () => undefined);
  await installCluster(placement, binaries);
});

afterEach(async () => {
  await stopServer(placement.cluster, binaries);
  await rm(placement.cluster, { recursive: true });
  await rm(dataDir, { recursive: true });
});

it('requests a retry if the port has been taken by another process', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  expect(await startServer(placement, binaries, () => Promise.resolve(port))).toBeUndefined();
  squatter.close();
  await once(squatter, 'close');
  const address = await startServer(placement, binaries);
  expect(address).toBeDefined();
  expect(await findServer(placement.cluster, placement.state.password)).toEqual(address);
});

it('rejects a server that does not accept the password', async () => {
  const address = await startServer(placement, binaries);
  expect(await probe({ port: address?.port ?? 0, password: 'guess' })).toBe('denied');
  await expect(findServer(placement.cluster, 'guess')).rejects.toThrow('does not accept the password');
});

it('creates a database concurrently with a connection of a killed process', async () => {
  const address = await startServer(placement, binaries);
  if (address === undefined) throw new Error('The server did not start');
  const clients = await Promise.all([openPresence(address), openPresence(address), openPresence(address)]);
  await Promise.all(clients.map((client) => createDatabase(client, 'wanted')));
  const { rowCount } = await clients[0].query("select from pg_database where datname = 'wanted'");
  expect(rowCount).toBe(1);
  await Promise.all(clients.map((client) => client.end()));
});

it('rotates a large log', async () => {
  const log = join(placement.cluster, 'server.log');
  await writeFile(log, '');
  await truncate(log, 10_000_001);
  await startServer(placement, binaries);
  expect(await readFile(log, 'utf8')).toContain('ready to accept connections');
  expect((await stat(`${log}.1`)).size).toBe(10_000_001);
});

it.skipIf(process.platform === 'win32')('refuses to write its log through a symbolic link', async () => {
  await writeFile(join(dataDir, 'elsewhere'), '');
  await symlink(join(dataDir, 'elsewhere'), join(placement.cluster, 'server.log'));
  await expect(startServer(placement, binaries)).rejects.toThrow('ELOOP');
  expect(await readFile(join(dataDir, 'elsewhere'), 'utf8')).toBe('');
});
