import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

it('names only existing tests', async () => {
  const text = await readFile(new URL('docs/security.md', root), 'utf8');
  const named = [...text.matchAll(/^- `([^`]+)`: (.+)$/gm)].map(([, file = '', name = '']) => ({ file, name }));
  expect(named.length).toBeGreaterThan(50);
  const missing = [];
  for (const { file, name } of named) {
    const source = await readFile(new URL(file, root), 'utf8').catch(() => '');
    if (!source.includes(`'${name}'`)) missing.push(`${file}: ${name}`);
  }
  expect(missing).toEqual([]);
});

it('has tests for each of its rules', async () => {
  const [, ...rules] = (await readFile(new URL('docs/security.md', root), 'utf8')).split(/^## /m);
  expect(rules.filter((rule) => !rule.includes('\n- `'))).toEqual([]);
});
