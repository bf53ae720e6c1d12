import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { isOlder, touch } from './newest.js';

/** What the service is built from. `.package-lock.json` changes with the installed packages. */
const sources = [
  'src',
  'console',
  'schema.yml',
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'node_modules/.package-lock.json',
];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
if (isOlder('dist/.built', sources)) {
  console.log('Building the service, which takes a minute or several on a small machine …');
  const started = new Date();
  const { status } = spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  // The time before the build: what changed meanwhile may not be in it.
  touch('dist/.built', started);
}
