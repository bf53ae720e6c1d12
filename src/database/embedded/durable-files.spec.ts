import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { copyPrograms, createDirectory, writePrivateFile } from './durable-files.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'durable-files-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const modeOf = async (...path: string[]): Promise<string> =>
  ((await stat(join(directory, ...path))).mode & 0o777).toString(8);

describe('writePrivateFile', () => {
  it('replaces a file with one that only its owner can read, and leaves no other file', async () => {
    const file = join(directory, 'secret');
    await writeFile(file, 'old', { mode: 0o644 });
    await writePrivateFile(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await modeOf('secret')).toBe('600');
    expect(await readdir(directory)).toEqual(['secret']);
  });

  it('keeps the old file if the new one cannot be written', async () => {
    await mkdir(join(directory, 'secret', 'occupied'), { recursive: true });
    await expect(writePrivateFile(join(directory, 'secret'), 'new')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(directory)).toEqual(['secret']);
  });
});

describe('createDirectory', () => {
  it('sets the mode of every created folder regardless of the umask, and leaves existing ones unchanged', async () => {
    const umask = process.umask(0o077);
    try {
      await createDirectory(join(directory, 'a', 'b'), 0o755);
      await createDirectory(join(directory, 'a', 'b'), 0o700);
    } finally {
      process.umask(umask);
    }
    expect([await modeOf(), await modeOf('a'), await modeOf('a', 'b')]).toEqual(['700', '755', '755']);
  });

  it('throws if a file has the name', async () => {
    await writeFile(join(directory, 'a'), '');
    await expect(createDirectory(join(directory, 'a'), 0o755)).rejects.toThrow('EEXIST');
  });
});

describe('copyPrograms', () => {
  it('makes files readable and programs executable, and keeps links', async () => {
    await mkdir(join(directory, 'from', 'bin'), { recursive: true, mode: 0o700 });
    await writeFile(join(directory, 'from', 'bin', 'postgres'), 'program');
    await chmod(join(directory, 'from', 'bin', 'postgres'), 0o700);
    await writeFile(join(directory, 'from', 'libpq.so.5.18'), 'library', { mode: 0o600 });
    await symlink('libpq.so.5.18', join(directory, 'from', 'libpq.so.5'));
    await copyPrograms(join(directory, 'from'), join(directory, 'to'));
    expect(await readFile(join(directory, 'to', 'bin', 'postgres'), 'utf8')).toBe('program');
    expect(await modeOf('to')).toBe('755');
    expect(await modeOf('to', 'bin', 'postgres')).toBe('755');
    expect(await modeOf('to', 'libpq.so.5.18')).toBe('644');
    expect(await readlink(join(directory, 'to', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });
});
