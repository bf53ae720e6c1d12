import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  closeContexts,
  colourRules,
  expectAccessible,
  launchBrowser,
  openContext,
  sideways,
  takePicture,
} from './browser.js';
import { type Gallery, samples, startGallery } from './gallery-server.js';

/** Maximum bytes of a page, its assets and the font, without a background image. */
const maxPageBytes = 100_000;

/** Maximum bytes of the font. */
const maxFontBytes = 60_000;

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
  await closeContexts(browser);
}

describe('A page', () => {
  describe('in a window that all samples share', () => {
    let page: Page;
    let complaints: string[];
    beforeAll(async () => {
      const window = await openContext(browser);
      page = await window.context.newPage();
      ({ complaints } = window);
    });
    afterAll(() => closeContexts(browser));

    it.each(samples)('is accessible in light and dark and fits a screen of 320 pixels: %s', async (name) => {
      complaints.length = 0;
      const responses: Response[] = [];
      const listen = (response: Response): number => responses.push(response);
      page.on('response', listen);
      await page.setViewportSize({ width: 1280, height: 860 });
      const answer = await page.goto(gallery.urlOf(name));
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        // The other rules do not depend on colours.
        await expectAccessible(page, `${name}, ${colorScheme}`, colorScheme === 'dark' ? colourRules : []);
        await takePicture(page, `${name}-${colorScheme}`);
      }
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await sideways(page)).toBe(0);
      await takePicture(page, `${name}-320`);
      page.off('response', listen);
      const weights = await Promise.all(
        responses.map(async (response) => ({
          type: response.request().resourceType(),
          bytes: (await response.body()).length,
        })),
      );
      expect(sum(weights)).toBeLessThan(maxPageBytes);
      const fonts = sum(weights.filter(({ type }) => type === 'font'));
      expect(fonts).toBeGreaterThan(10_000);
      expect(fonts).toBeLessThan(maxFontBytes);
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

  it.each(['en', 'de', 'ar'])(
    'fits screens of 320 to 2,560 pixels in every layout in the language %s',
    async (locale) => {
      await inWindow({}, async (page) => {
        for (const name of ['content-left', 'content-right', 'sidebar-left', 'sidebar-right', 'enrollment-wrong']) {
          await page.goto(gallery.urlOf(name, { locale }));
          for (const width of [320, 768, 1280, 2560]) {
            await page.setViewportSize({ width, height: 900 });
            expect(await sideways(page), `${name} at ${width} px`).toBe(0);
            await takePicture(page, `${name}-${width}-${locale}`);
          }
        }
      });
    },
  );

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
      for (const name of ['email', 'email-confirmed', 'new-password']) {
        await page.goto(gallery.urlOf(name));
        expect(await page.evaluate('document.getAnimations().length'), name).toBe(0);
      }
    });
  });

  it('draws a check mark after success', async () => {
    await inWindow({}, async (page) => {
      for (const name of ['email-confirmed', 'new-password']) {
        await page.goto(gallery.urlOf(name), { waitUntil: 'commit' });
        await page.locator('main .drawn').waitFor();
        const drawn = 'getComputedStyle(document.querySelector("main .drawn")).animationName';
        expect(await page.evaluate(drawn), name).toBe('draw');
      }
    });
  });

  it('has the font for Latin letters, and fonts of the system for Arabic and Chinese', async () => {
    await inWindow({}, async (page) => {
      const fonts: string[] = [];
      page.on('request', (request) => request.resourceType() === 'font' && fonts.push(request.url()));
      for (const locale of ['ar', 'zh-Hans']) await page.goto(gallery.urlOf('sign-in', { locale }));
      expect(fonts).toEqual([]);
      await page.goto(gallery.urlOf('sign-in'));
      expect(await page.evaluate(`document.fonts.ready.then(() => document.fonts.check('1rem Inter'))`)).toBe(true);
      expect(fonts).toHaveLength(1);
    });
  });

  it.each([true, false])(
    'has a menu of languages that opens over the page (JavaScript: %s)',
    async (javaScriptEnabled) => {
      await inWindow({ javaScriptEnabled, viewport: { width: 320, height: 640 } }, async (page) => {
        await page.goto(gallery.urlOf('sign-in'));
        const menu = page.locator('.languages');
        const { height } = (await page.locator('body').boundingBox())!;
        await menu.locator('summary').click();
        await menu.getByRole('link', { name: 'Deutsch' }).waitFor();
        expect((await page.locator('body').boundingBox())!.height).toBe(height);
        await takePicture(page, 'languages-320');
        if (javaScriptEnabled) {
          await expectAccessible(page, 'languages');
          await page.keyboard.press('Escape');
          await menu.getByRole('link', { name: 'Deutsch' }).waitFor({ state: 'hidden' });
          await menu.locator('summary').click();
        }
        await menu.getByRole('link', { name: 'Deutsch' }).click();
        await page.getByRole('button', { name: 'Anmelden' }).waitFor();
        await menu.locator('summary').click();
        expect(await menu.locator('[aria-current]').innerText()).toBe('Deutsch');
      });
    },
  );

  it.each([320, 1280])('has a code in six boxes at %d pixels, each digit in its box', async (width) => {
    await inWindow({ viewport: { width, height: 800 } }, async (page) => {
      for (const locale of ['en', 'ar']) {
        await page.goto(gallery.urlOf('email', { locale }));
        const input = page.locator('input[autocomplete="one-time-code"]');
        await input.pressSequentially('123 4٥');
        expect(await input.inputValue()).toBe('12345');
        await takePicture(page, `code-${width}-${locale}`);
        const [boxes, digits] = await page.evaluate<[number[], number[]]>(`(() => {
          const middle = ({ left, width }) => left + width / 2;
          const boxes = [...document.querySelectorAll('.boxes i')].map((box) => middle(box.getBoundingClientRect()));
          const style = getComputedStyle(document.querySelector('.boxes input'));
          const [start, pitch] = [parseFloat(style.paddingInlineStart), parseFloat(style.letterSpacing)];
          const canvas = document.createElement('canvas').getContext('2d');
          canvas.font = style.font;
          const { width } = canvas.measureText('0');
          const { left } = document.querySelector('.boxes input').getBoundingClientRect();
          return [boxes, boxes.map((_, index) => left + start + index * (pitch + width) + width / 2)];
        })()`);
        for (const [index, box] of boxes.entries()) expect(Math.abs(box - digits[index]!)).toBeLessThan(1);
      }
    });
  });

  it('shows the keyboard focus', async () => {
    await inWindow({}, async (page) => {
      await page.goto(gallery.urlOf('sign-in'));
      for (const focused of await tabStops(page, 8)) expect(focused).toBe('3px');
    });
  });
});

function sum(weights: readonly { readonly bytes: number }[]): number {
  return weights.reduce((total, { bytes }) => total + bytes, 0);
}

/** Returns the outline widths of the elements that Tab focuses in turn. */
async function tabStops(page: Page, count: number): Promise<string[]> {
  const stops: string[] = [];
  for (let index = 0; index < count; index += 1) {
    stops.push(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineWidth'));
    await page.keyboard.press('Tab');
  }
  return stops;
}
