import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { isOlder, touch } from './newest.js';

it('A build is older than its sources after one was changed, added or deleted', () => {
  const root = mkdtempSync(join(tmpdir(), 'a build '));
  const [source, folder, built] = [join(root, 'src'), join(root, 'src/deep'), join(root, 'built')];
  const file = join(folder, 'a.ts');
  const long = new Date('2026-01-01');
  const setTimes = (time = long): void => [file, folder, source].forEach((path) => utimesSync(path, time, time));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, '');
  setTimes();
  const isStale = (): boolean => isOlder(built, [source, join(root, 'missing')]);
  expect(isStale()).toBe(true);
  touch(built, new Date('2026-01-02'));
  expect(isStale()).toBe(false);
  writeFileSync(file, 'changed');
  expect(isStale()).toBe(true);
  setTimes();
  writeFileSync(join(folder, 'b.ts'), '');
  utimesSync(join(folder, 'b.ts'), long, long);
  expect(isStale()).toBe(true);
  setTimes();
  expect(isStale()).toBe(false);
  rmSync(file);
  expect(isStale()).toBe(true);
  rmSync(root, { recursive: true });
});
