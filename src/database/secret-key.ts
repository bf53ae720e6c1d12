import { randomBytes } from 'node:crypto';
import { access, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key that stored secrets are sealed under, of an installation that sets none: made once and kept in `dataDir`,
 * readable by its owner alone.
 */
export async function keptSecretKey(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret.key');
  await mkdir(dataDir, { recursive: true });
  if (!(await exists(path))) await makeKey(path);
  const key = (await readFile(path, 'utf8')).trim();
  if (key === '') throw new Error(`${path} is empty. Restore it from a backup, or delete it if nothing is stored yet.`);
  return key;
}

/** Leaves a whole key or none, also when the process dies in between or another one does the same. */
async function makeKey(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(48).toString('base64url')}\n`);
    await file.sync();
    // Unlike a rename this fails when another process was faster.
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
