import { randomBytes } from 'node:crypto';
import { access, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Returns the default SECRET_KEY: created once and stored in `dataDir`, readable only by its owner. */
export function keptSecretKey(dataDir: string): Promise<string> {
  return keptKey(join(dataDir, 'secret.key'));
}

/**
 * A random key of 384 bits: made at the first call and kept in this file, readable by its owner alone.
 *
 * @throws Error if the file is empty or cannot be read
 */
export async function keptKey(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  if (!(await exists(path))) await makeKey(path);
  const key = (await readFile(path, 'utf8')).trim();
  if (key === '') throw new Error(`${path} is empty. Restore it from a backup, or delete it if nothing is stored yet.`);
  return key;
}

/** Creates the file atomically, also if the process dies or another process does the same. */
async function makeKey(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(48).toString('base64url')}\n`);
    await file.sync();
    // Unlike a rename, a link fails if another process was faster.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
