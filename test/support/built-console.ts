import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Builds the console from the sources, once for all test files, as `npm run build` does: not with React for developers, which
 * `test` would mean.
 */
export default async function setup(): Promise<void> {
  const vite = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
  const folder = fileURLToPath(new URL('../../console/', import.meta.url));
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [vite, 'build', folder], { env });
}
