import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { canEnter, canUse, prepareDataDirectory } from './placement.js';
import { nobody } from './server-account.js';

const root = process.getuid?.() === 0;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'placement-'));
  await chmod(directory, 0o755);
  await mkdir(join(directory, 'private', 'below'), { recursive: true });
  await chmod(join(directory, 'private'), 0o700);
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('canEnter', () => {
  it('returns true if every parent folder can be traversed', async () => {
    expect(await canEnter(nobody, directory)).toBe(true);
  });

  it('returns false below a private folder, also through a link', async () => {
    await symlink(join(directory, 'private', 'below'), join(directory, 'link'));
    expect(await canEnter(nobody, join(directory, 'private', 'below'))).toBe(false);
    expect(await canEnter(nobody, join(directory, 'link'))).toBe(false);
  });

  it('returns true for the owner of the private folder', async () => {
    const { uid, gid } = await stat(directory);
    expect(await canEnter({ uid, gid }, join(directory, 'private', 'below'))).toBe(true);
  });
});

describe('canUse', () => {
  it('requires that every file is readable and every program executable', async () => {
    await rm(join(directory, 'private'), { recursive: true });
    await writeFile(join(directory, 'library'), '');
    await writeFile(join(directory, 'program'), '');
    await chmod(join(directory, 'program'), 0o755);
    expect(await canUse(nobody, directory)).toBe(true);
    await chmod(join(directory, 'program'), 0o744);
    expect(await canUse(nobody, directory)).toBe(false);
    await chmod(join(directory, 'program'), 0o755);
    await chmod(join(directory, 'library'), 0o600);
    expect(await canUse(nobody, directory)).toBe(false);
  });
});

describe('prepareDataDirectory', () => {
  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

  it.runIf(root)('as root, opens a new folder to other users only if they can reach it', async () => {
    const reachable = await prepareDataDirectory(join(directory, 'new', 'data'));
    const hidden = await prepareDataDirectory(join(directory, 'private', 'data'));
    expect([await modeOf(reachable), await modeOf(hidden)]).toEqual(['755', '700']);
  });

  it.skipIf(root)('makes a new folder private', async () => {
    expect(await modeOf(await prepareDataDirectory(join(directory, 'new', 'data')))).toBe('700');
  });

  it('names the setting if the folder cannot be created', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(prepareDataDirectory(join(directory, 'file'))).rejects.toThrow(
      /^DATA_DIR .*file cannot be used: EEXIST/,
    );
  });
});
