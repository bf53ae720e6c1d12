import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The banned phrases: regular expressions, one a line, in the block below CONTRIBUTING's heading "Plain English". */
const contributing = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');
const block = /## Plain English[\s\S]*?```text\n([\s\S]*?)```/.exec(contributing)?.[1] ?? '';
const phrases = block.split('\n').filter((line) => line !== '');
const banned = new RegExp(`\\b(?:${phrases.join('|')})\\b`, 'i');

/** The list itself, this test, and a third-party text. */
const exempt = ['CONTRIBUTING.md', join('test', 'docs', 'plain-english.spec.ts'), join('docs', 'unicode-license.txt')];

async function* textFiles(): AsyncGenerator<string> {
  for (const name of await readdir(root)) if (/\.(md|ts|example)$/.test(name)) yield name;
  for (const folder of ['src', 'console', 'test', 'scripts', 'docs', 'blueprints', 'charts', 'deploy', '.github']) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (/\.(ts|tsx|md|html|txt|yaml|yml|tpl)$/.test(name)) yield join(folder, name);
    }
  }
}

it('recognizes a banned phrase, and accepts a plain sentence', () => {
  expect(phrases.length).toBeGreaterThan(10);
  expect('Nothing besides the address').toMatch(banned);
  expect('Returns the account of the caller').not.toMatch(banned);
});

it('finds no banned phrase in code, tests and documentation', async () => {
  const found: string[] = [];
  for await (const name of textFiles()) {
    if (exempt.includes(name)) continue;
    const lines = (await readFile(join(root, name), 'utf8')).split('\n');
    for (const [index, line] of lines.entries())
      if (banned.test(line)) found.push(`${name}:${index + 1}: ${line.trim()}`);
  }
  expect(found).toEqual([]);
});
