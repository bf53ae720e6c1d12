import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Binaries } from './binaries.js';
import { installedBinaries, programOf, usableBinaries } from './binaries.js';
import { sharedDirectory } from './placement.js';
import { nobody } from './server-account.js';

const root = process.getuid?.() === 0;

describe('installedBinaries', () => {
  it('returns the binaries of this platform', async () => {
    const binaries = await installedBinaries();
    expect(binaries.version).toMatch(new RegExp(`^${binaries.major}\\.`));
    await access(programOf(binaries, 'postgres'));
    await access(programOf(binaries, 'initdb'));
  });

  it('suggests DATABASE_URL on an unsupported platform', async () => {
    await expect(installedBinaries('sunos', 'sparc')).rejects.toThrow(
      /no embedded PostgreSQL for sunos-sparc.*DATABASE_URL/,
    );
  });
});

describe('usableBinaries', () => {
  let home: string;
  let installed: Binaries;
  let reports: string[];
  const report = (line: string): void => void reports.push(line);

  // A minimal package: the tests depend on its location and permissions only.
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'binaries-'));
    reports = [];
    const directory = join(home, 'package', 'native');
    for (const folder of ['bin', 'lib/postgresql', 'share/postgresql']) {
      await mkdir(join(directory, folder), { recursive: true });
    }
    await writeFile(join(directory, 'bin', 'postgres'), 'program');
    await chmod(join(directory, 'bin', 'postgres'), 0o755);
    await writeFile(join(directory, 'lib', 'libpq.so.5.18'), 'library');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    await writeFile(join(directory, 'pg-symlinks.json'), JSON.stringify(links));
    installed = { directory, version: `0.0-${randomUUID()}`, major: 0 };
  });

  afterEach(async () => {
    await chmod(join(installed.directory, 'lib'), 0o755);
    await rm(home, { recursive: true });
    if (root) await rm(join(sharedDirectory, nameOfCopy()), { recursive: true, force: true });
  });

  const nameOfCopy = (): string => `postgresql-${installed.version}-${process.platform}-${process.arch}`;

  it('creates missing links between libraries and uses the programs in place', async () => {
    expect(await usableBinaries(installed, undefined, home, report)).toBe(installed);
    expect(await readlink(join(installed.directory, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(await usableBinaries(installed, undefined, home, report)).toBe(installed);
    expect(reports).toEqual([]);
  });

  it.skipIf(root)('copies the programs to the data directory if the links cannot be created', async () => {
    await chmod(join(installed.directory, 'lib'), 0o555);
    const copy = await usableBinaries(installed, undefined, home, report);
    expect(copy.directory).toBe(join(home, nameOfCopy()));
    expect(await readlink(join(copy.directory, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(reports).toEqual([expect.stringContaining('read-only')]);
  });

  describe.runIf(root)('as root', () => {
    it('uses the programs in place if the server’s user can reach them', async () => {
      await chmod(home, 0o755);
      expect(await usableBinaries(installed, nobody, home, report)).toBe(installed);
      expect(reports).toEqual([]);
    });

    it('otherwise copies them once for all checkouts', async () => {
      const copies = await Promise.all(
        Array.from({ length: 3 }, () => usableBinaries(installed, nobody, home, report)),
      );
      const directory = join(sharedDirectory, nameOfCopy());
      expect(new Set(copies.map((copy) => copy.directory))).toEqual(new Set([directory]));
      expect(await readFile(join(directory, 'bin', 'postgres'), 'utf8')).toBe('program');
      expect(await readlink(join(directory, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
      expect(reports.filter((line) => line.startsWith('Copying'))).toHaveLength(1);
      expect(await readdir(home)).toEqual(['package']);
    });

    it('removes the partial copy of a killed process', async () => {
      await mkdir(join(sharedDirectory, 'partial-copy-of-the-killed'), { recursive: true });
      await usableBinaries(installed, nobody, home, report);
      expect((await readdir(sharedDirectory)).filter((name) => name.startsWith('partial-copy-'))).toEqual([]);
    });
  });
});
