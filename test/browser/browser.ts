import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Folder of the screenshots. */
const pictures = fileURLToPath(new URL('screenshots/', import.meta.url));

/** Debian's Chromium without its user interface, which starts and opens pages in a third of the time. */
const shell = '/usr/bin/chromium-headless-shell';

/** Starts Debian's Chromium, or the executable in CHROMIUM. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? (existsSync(shell) ? shell : '/usr/bin/chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A context and its console errors and warnings. */
export interface WatchedContext {
  readonly context: BrowserContext;
  readonly complaints: string[];
}

/** Opens an isolated context that collects console errors and warnings. */
export async function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedContext> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 860 }, ...options });
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  return { context, complaints };
}

/**
 * Closes all contexts. Chromium rarely never answers that a context is closed, although its other contexts go on
 * working: after 10 seconds, the context is left to the end of the browser.
 */
export async function closeContexts(browser: Browser): Promise<void> {
  const closed = Promise.all(browser.contexts().map((context) => context.close()));
  await Promise.race([closed, wait(10_000, undefined, { ref: false })]);
}

/** Writes a picture for a person to look at, if SCREENSHOTS is set: no test reads it. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] === undefined) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png`, fullPage: true });
}

/** The rules of axe-core that depend on colours. */
export const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * Fails if axe-core finds an accessibility violation. The mail in a frame is left out: no script runs there, so axe-core
 * would wait for it for ever.
 *
 * @param rules what is checked; everything by default
 */
export async function expectAccessible(page: Page, what: string, rules: readonly string[] = []): Promise<void> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe.source);
  const options = {
    // Only violations are read, and the rest takes half of the time.
    resultTypes: ['violations'],
    ...(rules.length > 0 && { runOnly: rules }),
  };
  const { violations } = await page.evaluate<Pick<AxeResults, 'violations'>>(
    `axe.run({ exclude: ['.mail-frame'] }, ${JSON.stringify(options)}).then(({ violations }) => ({ violations }))`,
  );
  const found = violations.map(
    ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html).join(' ')}`,
  );
  expect(found, what).toEqual([]);
}

/**
 * Fails if a screen does not fit a desktop or a phone, has a violation of accessibility, or runs markup of its texts.
 * Takes a picture of each width, in light and in dark mode.
 */
export async function inspectScreen(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 820 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const what = `${name} at ${width} px, ${colorScheme}`;
      // The screen is drawn again after its size has changed.
      await expect.poll(() => sideways(page), { message: what }).toBe(0);
      expect(await page.locator('img[src="x"]').count(), what).toBe(0);
      await takePicture(page, `console-${name}-${width}-${colorScheme}`);
      // The other rules do not depend on colours.
      await expectAccessible(page, what, colorScheme === 'dark' ? colourRules : []);
    }
  }
  if (size !== null) await page.setViewportSize(size);
}

/** Returns by how many pixels the page scrolls sideways; 0 if it fits. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
