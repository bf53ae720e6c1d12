import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { expectAccessible, launchBrowser, openContext, sideways, takePicture } from './browser.js';
import { type Gallery, samples, startGallery } from './gallery-server.js';

/** Maximum bytes of a page and its assets, without a background image. */
const maxPageBytes = 30_000;

let browser: Browser;
let gallery: Gallery;

beforeAll(async () => {
  [browser, gallery] = await Promise.all([launchBrowser(), startGallery()]);
});
afterAll(async () => {
  await browser.close();
  await gallery.stop();
});

/** A background image of black and white squares. */
const background = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">' +
    '<rect width="8" height="8" fill="#fff"/><path d="M0 0h4v4H0zM4 4h4v4H4z"/></svg>',
)}`;

/** Opens several pages in one window, which is faster than one window for each. */
async function inWindow(
  options: BrowserContextOptions,
  work: (page: Page, complaints: string[]) => Promise<void>,
): Promise<void> {
  const { context, complaints } = await openContext(browser, options);
  await work(await context.newPage(), complaints);
  await context.close();
}

describe('A page', () => {
  it.each(samples)('is accessible in light and dark and fits a screen of 320 pixels: %s', async (name) => {
    await inWindow({}, async (page, complaints) => {
      let weight = 0;
      page.on('response', (response) => void response.body().then((body) => (weight += body.length)));
      const answer = await page.goto(gallery.urlOf(name));
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expectAccessible(page, `${name}, ${colorScheme}`);
        await takePicture(page, `${name}-${colorScheme}`);
      }
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await sideways(page)).toBe(0);
      await takePicture(page, `${name}-320`);
      expect(weight).toBeGreaterThan(10_000);
      expect(weight).toBeLessThan(maxPageBytes);
      // Chromium reports the error status of the page itself; anything else fails.
      const own = answer!.ok() ? [] : [expect.stringContaining(`status of ${answer!.status()}`)];
      expect(complaints).toEqual(own);
    });
  });

  it('has enough contrast on every background image', async () => {
    await inWindow({}, async (page) => {
      for (const name of ['sign-in', 'content-left', 'sidebar-right']) {
        await page.goto(gallery.urlOf(name, { background }));
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await expectAccessible(page, name);
          await takePicture(page, `${name}-picture-${colorScheme}`);
        }
      }
    });
  });

  it.each([320, 768, 1280, 2560])('fits a screen of %d pixels in every layout and language', async (width) => {
    await inWindow({ viewport: { width, height: 900 } }, async (page) => {
      for (const name of ['content-left', 'content-right', 'sidebar-left', 'sidebar-right', 'enrollment-wrong']) {
        for (const locale of ['en', 'de', 'ar']) {
          await page.goto(gallery.urlOf(name, { locale }));
          expect(await sideways(page), `${name} ${locale}`).toBe(0);
          await takePicture(page, `${name}-${width}-${locale}`);
        }
      }
    });
  });

  it('is mirrored in Arabic', async () => {
    await inWindow({}, async (page) => {
      await page.goto(gallery.urlOf('password', { locale: 'ar' }));
      const centre = async (selector: string): Promise<number> => {
        const box = await page.locator(selector).boundingBox();
        return box!.x + box!.width / 2;
      };
      expect(await page.evaluate('getComputedStyle(document.body).direction')).toBe('rtl');
      expect(await centre('.person img')).toBeGreaterThan(await centre('.person a'));
      await expectAccessible(page, 'Arabic');
    });
  });

  it('does not scroll sideways at a zoom of 400 %', async () => {
    await inWindow({ viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 }, async (page) => {
      await page.goto(gallery.urlOf('every-field'));
      expect(await sideways(page)).toBe(0);
    });
  });

  it('has no animations with prefers-reduced-motion', async () => {
    await inWindow({ reducedMotion: 'reduce' }, async (page) => {
      await page.goto(gallery.urlOf('email'));
      expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    });
  });

  it('shows the keyboard focus', async () => {
    await inWindow({}, async (page) => {
      await page.goto(gallery.urlOf('sign-in'));
      for (const focused of await tabStops(page, 8)) expect(focused).toBe('3px');
    });
  });
});

/** Returns the outline widths of the elements that Tab focuses in turn. */
async function tabStops(page: Page, count: number): Promise<string[]> {
  const stops: string[] = [];
  for (let index = 0; index < count; index += 1) {
    stops.push(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineWidth'));
    await page.keyboard.press('Tab');
  }
  return stops;
}
