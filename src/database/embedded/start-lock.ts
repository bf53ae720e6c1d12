import { randomUUID } from 'node:crypto';
import { chmod, link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, EmbeddedDatabaseError } from './embedded-database-error.js';
import { findProcess } from './processes.js';
import { waitUntil } from './wait-until.js';

/*
 * Node has no file lock that the system releases when its holder is killed, and a lock file with a process id cannot be
 * taken over safely: two waiting processes find the holder dead, the first replaces the file, the second removes the
 * replacement. So files are never replaced. Locks are numbered: a process that finds the newest lock released (empty)
 * or its holder dead creates the next number, which only one process can; the newest file is never removed.
 */
const lockName = /^start-lock\.(\d+)$/;
const draftPrefix = 'start-lock.draft-';

/** Timeout in milliseconds; the holder may be copying programs, running initdb or recovering on a slow disk. */
const timeout = 180_000;

/**
 * Runs `work` under the exclusive lock of `directory`, across processes and within this one. Calls `onWait` once, with
 * the holder's process id, if it has to wait. A lock is free if its holder was killed. Throws an
 * `EmbeddedDatabaseError` after three minutes of waiting.
 */
export async function withStartLock<T>(
  directory: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let waitedFor: number | undefined;
  const lock = await waitUntil(timeout, async () => {
    const { number, holder } = await newestLock(directory);
    if (holder === undefined) return acquire(directory, number + 1);
    if (waitedFor === undefined) onWait(holder);
    waitedFor = holder;
    return undefined;
  });
  if (lock === undefined) {
    throw new EmbeddedDatabaseError(
      `Process ${waitedFor ?? 'unknown'} has held the lock in ${directory} for ${timeout / 1000} seconds. ` +
        'If it hangs, end it and restart.',
    );
  }
  try {
    return await work();
  } finally {
    await truncate(lock);
  }
}

/** Returns the highest lock number (0 for none) and its live holder; undefined if released. */
async function newestLock(directory: string): Promise<{ number: number; holder: number | undefined }> {
  const numbers = (await readdir(directory)).map((name) => Number(lockName.exec(name)?.[1] ?? 0));
  const number = Math.max(0, ...numbers);
  return { number, holder: number === 0 ? undefined : await liveHolder(join(directory, `start-lock.${number}`)) };
}

async function liveHolder(lock: string): Promise<number | undefined> {
  let content: string;
  try {
    content = await readFile(lock, 'utf8');
  } catch (error) {
    // ENOENT: a newer lock exists. Acquiring this number then fails.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const [pid, started] = content.split(' ');
  if (!pid) return undefined;
  // Process ids are reused, soon so in containers, so the start times are compared as well.
  const running = await findProcess(Number(pid));
  return running !== undefined && running.started === started ? Number(pid) : undefined;
}

/** Creates lock `number` and returns its path; undefined if another process was faster. */
async function acquire(directory: string, number: number): Promise<string | undefined> {
  const lock = join(directory, `start-lock.${number}`);
  const draft = join(directory, `${draftPrefix}${randomUUID()}`);
  const self = await findProcess(process.pid);
  // Written under another name and linked, so that the lock appears atomically with its holder.
  await writeFile(draft, `${process.pid} ${self?.started ?? ''}`, { flag: 'wx' });
  try {
    // Regardless of the umask, because a later start may be that of another user.
    await chmod(draft, 0o644);
    await link(draft, lock);
  } catch (error) {
    // ENOENT: the holder has removed this draft.
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const names = await readdir(directory);
  const others = names.filter((name) => lockName.test(name) && join(directory, name) !== lock);
  if (others.some((name) => Number(lockName.exec(name)?.[1]) > number)) {
    // This number had been used, released and removed before: the lock is not the newest.
    await rm(lock, { force: true });
    return undefined;
  }
  const drafts = names.filter((name) => name.startsWith(draftPrefix));
  await Promise.all([...others, ...drafts].map((name) => rm(join(directory, name), { force: true })));
  return lock;
}
