import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [...(await readdir(root)), ...(await readdir(join(root, 'docs'))).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

describe('The documentation', () => {
  it.each(pages)('links only to files and headings that exist: %s', async (page) => {
    const text = await readFile(join(root, page), 'utf8');
    const broken: string[] = [];
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      const [path = '', heading] = target.split('#');
      const file = path === '' ? join(root, page) : join(root, dirname(page), path);
      if (!existsSync(file)) broken.push(target);
      else if (heading !== undefined && !anchors(await readFile(file, 'utf8')).includes(heading)) broken.push(target);
    }
    expect(broken).toEqual([]);
  });

  it('names in ARCHITECTURE.md only files and folders that exist', async () => {
    const sources = (await readdir(join(root, 'src'), { recursive: true })).map((name) => `/${name}`);
    const text = await readFile(join(root, 'ARCHITECTURE.md'), 'utf8');
    const named = [...text.matchAll(/(?<![\w/.*])((?:[\w-]+\/)+|(?:[\w-]+\/)*[\w.-]+\.ts)(?![\w*])/g)].map(
      ([, path = '']) => path,
    );
    expect(named.length).toBeGreaterThan(40);
    const missing = named
      .map((path) => path.replace(/\/$/, ''))
      .filter((path) => !existsSync(join(root, path)) && !sources.some((source) => source.endsWith(`/${path}`)));
    expect(missing).toEqual([]);
  });
});

/** @returns the anchors that GitHub makes of a page's headings */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
