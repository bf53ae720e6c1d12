import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));

describe('The documentation of operations', () => {
  it('names a test and a measurement for each fault', async () => {
    const text = await readFile(join(root, 'docs/operations.md'), 'utf8');
    const [, table = ''] = /### Tests of faults\n([\s\S]*?)\n#/.exec(text) ?? [];
    const rows = table.split('\n').filter((line) => /^\| (?!fault|-)/.test(line));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row).toMatch(/^\| [^|]+ \| `test\/[\w/-]+\.spec\.ts`[^|]*\| [^|]*\S[^|]*\|$/);
  });

  it.each(pages)('names only tests that exist: docs/%s', async (page) => {
    const text = await readFile(join(root, 'docs', page), 'utf8');
    const named = [...text.matchAll(/(?<![\w/])test\/[\w/.-]+\.spec\.ts/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
