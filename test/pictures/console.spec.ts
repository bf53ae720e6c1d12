import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { launchBrowser } from '../browser/browser.js';
import { type ConsoleService, startConsoleService } from '../browser/console-service.js';
import { stockLibrary } from './library.js';

const docs = new URL('../../docs/', import.meta.url);

/** How a screen is shown, by what its picture ends in. */
const visits = {
  '': { width: 1280, height: 820, colorScheme: 'light' },
  '-dark': { width: 1280, height: 820, colorScheme: 'dark' },
  '-phone': { width: 375, height: 820, colorScheme: 'light' },
} as const;

let browser: Browser;
let service: ConsoleService;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startConsoleService()]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});

it('docs/console.md has a picture of each screen, for desktop, dark mode and phone', async () => {
  const screens = await stockLibrary(service);
  const { page } = await service.open(browser, '/console/');
  for (const [name, path] of Object.entries(screens)) {
    await page.goto(path, { waitUntil: 'networkidle' });
    for (const [ending, { colorScheme, ...size }] of Object.entries(visits)) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const file = fileURLToPath(new URL(`console/${name}${ending}.png`, docs));
      // Frames of mails load while the page is in view.
      await page.waitForLoadState('networkidle');
      // The navigation slides in when the window becomes wide.
      await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
      await page.screenshot({ path: file, fullPage: true });
      // A third of the size. Without pngquant the pictures are the same, but larger.
      spawnSync('pngquant', ['--force', '--ext', '.png', '--strip', '--speed', '1', '96', file]);
    }
  }
  const text = await readFile(new URL('console.md', docs), 'utf8');
  const shown = [...text.matchAll(/\(console\/([\w-]+?)(?:-dark|-phone)?\.png\)/g)].map(([, name]) => name);
  expect(Object.keys(screens).sort()).toEqual([...new Set(shown)].sort());
});
