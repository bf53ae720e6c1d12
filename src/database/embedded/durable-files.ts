import { chmod, copyFile, mkdir, open, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorCode } from './embedded-database-error.js';

/**
 * Writes a file atomically and durably, readable by its owner only. For one writer at a time: the temporary file has a
 * fixed name, so that the next write replaces what a crash has left.
 */
export async function writePrivateFile(file: string, content: string): Promise<void> {
  const draft = `${file}.draft`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  await syncDirectory(dirname(file));
}

/** Flushes a directory to disk, so that created and renamed entries survive a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open directories, and does not need to.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a directory and its missing parents with this mode, regardless of the umask; keeps existing ones. */
export async function createDirectory(directory: string, mode: number): Promise<void> {
  try {
    await mkdir(directory, { mode });
    await chmod(directory, mode);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      await createDirectory(dirname(directory), mode);
      await createDirectory(directory, mode);
    } else if (errorCode(error) !== 'EEXIST' || !(await stat(directory)).isDirectory()) {
      throw error;
    }
  }
}

/**
 * Copies a folder of programs durably, readable and executable for every user. `target` must not exist. Keeps relative
 * links.
 */
export async function copyPrograms(source: string, target: string): Promise<void> {
  await createDirectory(target, 0o755);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) await copyPrograms(from, to);
    else if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
    else await copyProgram(from, to);
  }
  await syncDirectory(target);
}

async function copyProgram(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, ((await stat(from)).mode & 0o111) === 0 ? 0o644 : 0o755);
  const handle = await open(to, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
