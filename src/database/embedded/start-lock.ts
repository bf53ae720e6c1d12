import { randomUUID } from 'node:crypto';
import { chmod, link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode, EmbeddedDatabaseError } from './embedded-database-error.js';
import { findProcess } from './processes.js';
import { waitUntil } from './wait-until.js';

/*
 * Node has no file lock that the system releases when its holder is killed, and a lock file with a process id in it
 * cannot be taken over safely: two waiting processes find the holder dead, the first replaces the file, the second
 * removes the replacement. So nothing is ever replaced. Locks are numbered: a process that finds the newest one released
 * (empty) or its holder dead makes the next number, which only one can; the newest file is never removed.
 */
const lockName = /^start-lock\.(\d+)$/;
const draftPrefix = 'start-lock.draft-';

/** How long others may hold the lock, in milliseconds: a copy of the programs, an initdb or a recovery on a slow disk. */
const patience = 180_000;

/**
 * Runs `work` while no other process, and no other caller in this one, runs such work under the lock of `directory`.
 * `onWait` is called once, with the process id of the holder, when there is something to wait for.
 * A lock whose holder was killed is free. Throws an `EmbeddedDatabaseError` after three minutes of waiting.
 */
export async function withStartLock<T>(
  directory: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let waitedFor: number | undefined;
  const lock = await waitUntil(patience, async () => {
    const { number, holder } = await newestLock(directory);
    if (holder === undefined) return take(directory, number + 1);
    if (waitedFor === undefined) onWait(holder);
    waitedFor = holder;
    return undefined;
  });
  if (lock === undefined) {
    throw new EmbeddedDatabaseError(
      `Process ${waitedFor ?? 'unknown'} has held the lock in ${directory} for ${patience / 1000} seconds. ` +
        'End it if it hangs, then start again.',
    );
  }
  try {
    return await work();
  } finally {
    await truncate(lock);
  }
}

/** The highest number there is (0 for none) and the process that holds it, undefined when none does. */
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
    // A newer one has been made meanwhile; the attempt to make the same one will tell.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const [pid, started] = content.split(' ');
  if (!pid) return undefined;
  // The number of a dead process is used again, soon so in containers: compare when it started, too.
  const running = await findProcess(Number(pid));
  return running !== undefined && running.started === started ? Number(pid) : undefined;
}

/** Makes lock `number` and gives its path; undefined when another process was faster. */
async function take(directory: string, number: number): Promise<string | undefined> {
  const lock = join(directory, `start-lock.${number}`);
  const draft = join(directory, `${draftPrefix}${randomUUID()}`);
  const ourselves = await findProcess(process.pid);
  // Nobody may see a lock without its holder, so it is written under another name and appears as a whole.
  await writeFile(draft, `${process.pid} ${ourselves?.started ?? ''}`, { flag: 'wx' });
  try {
    // Whatever the umask: a later start may come from another user than this one.
    await chmod(draft, 0o644);
    await link(draft, lock);
  } catch (error) {
    // ENOENT: the holder has cleared our draft away.
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const names = await readdir(directory);
  const others = names.filter((name) => lockName.test(name) && join(directory, name) !== lock);
  if (others.some((name) => Number(lockName.exec(name)?.[1]) > number)) {
    // We were so slow that our number had been used, released and removed before we made it again.
    await rm(lock, { force: true });
    return undefined;
  }
  const drafts = names.filter((name) => name.startsWith(draftPrefix));
  await Promise.all([...others, ...drafts].map((name) => rm(join(directory, name), { force: true })));
  return lock;
}
