import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const entries = (await readFile(new URL('docs/deviations.md', root), 'utf8'))
  .split(/^(?=- \*\*|## )/m)
  .filter((part) => part.startsWith('- **'));

it('documents for each deviation authentik, this service, the reason and the tests', () => {
  expect(entries.length).toBeGreaterThan(100);
  const keys = ['authentik', 'here', 'why', 'test'];
  const incomplete = entries.filter(
    (entry) => [...entry.matchAll(/^ {2}- (\w+): \S/gm)].map(([, key]) => key).join() !== keys.join(),
  );
  expect(incomplete).toEqual([]);
});

it('names only spec files that exist', () => {
  const named = entries.flatMap((entry) => {
    const [, files = ''] = /^ {2}- test: (.+)$/m.exec(entry) ?? [];
    return files.split(', ').map((file) => /^`((?:test|src)\/[\w./-]+\.spec\.ts)`$/.exec(file)?.[1] ?? file);
  });
  expect(named.filter((file) => !existsSync(fileURLToPath(new URL(file, root))))).toEqual([]);
});
