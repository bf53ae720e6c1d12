import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let folder: string;
let slug: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branding-'));
  await mkdir(join(folder, 'templates'));
  await writeFile(join(folder, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  app = await startTestApp({
    BRAND_NAME: 'Library & <Sons>',
    BRAND_COLOR: '#0A7',
    BRAND_LOGO: join(folder, 'logo.svg'),
    PAGE_TEMPLATE_DIR: join(folder, 'templates'),
  });
  ({ slug } = await createDummyFlow(app.api, 1, { title: 'A try' }));
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await rm(join(folder, 'templates'), { recursive: true });
  await mkdir(join(folder, 'templates'));
});

function put(name: string, content: string): Promise<void> {
  return writeFile(join(folder, 'templates', name), content);
}

async function page(): Promise<string> {
  return (await new PageBrowser(app.url).open(`/if/flow/${slug}/`)).html;
}

/** Loads an asset from its URL in the page. */
async function asset(name: string): Promise<Response> {
  const [, address] = new RegExp(`="(/static/pages/${name}\\?v=[^"]*)"`).exec(await page()) ?? [];
  return fetch(app.url + address!);
}

describe('The pages', () => {
  it('have the configured name, colour and logo', async () => {
    expect(await page()).toContain('<span>Library &amp; &lt;Sons&gt;</span>');
    expect(await (await asset('style.css')).text()).toMatch(/^:root\{--accent:#00aa77;--on-accent:#10151c;/);
    const logo = await asset('logo');
    expect(logo.headers.get('content-type')).toBe('image/svg+xml');
    expect(logo.headers.get('content-security-policy')).toContain('sandbox');
    expect(await logo.text()).toBe('<svg xmlns="http://www.w3.org/2000/svg"/>');
  });

  it('use new templates in PAGE_TEMPLATE_DIR immediately', async () => {
    await put('dummy.html', '{% extends "base.html" %}{% block content %}<p>{{ name }}, differently</p>{% endblock %}');
    expect(await page()).toMatch(/<p>dummy-[0-9a-f-]+, differently<\/p>/);
    await put('dummy.html', '{% extends "dummy.html" %}{% block heading %}Our {{ block.super }}{% endblock %}');
    const html = await page();
    expect(html).toContain('<h1>Our A try</h1>');
    expect(html).toContain('<form method="post">');
  });

  it('fall back to the built-in template if a custom one is broken', async () => {
    await put('dummy.html', '{% if %}');
    expect(await page()).toContain('<h1>A try</h1>');
    await put('dummy.html', '{% extends "base.html" %}{% block content %}{{ name|nothing }}{% endblock %}');
    expect(await page()).toContain('<h1>A try</h1>');
  });

  it('escape values in custom templates', async () => {
    const { slug: other } = await createDummyFlow(app.api, 1, { title: '<b>' });
    await put('dummy.html', '{{ title }}{{ title.constructor }}{{ constructor }}');
    expect((await new PageBrowser(app.url).open(`/if/flow/${other}/`)).html).toBe('&lt;b&gt;');
  });

  it('load custom styles in addition to the built-in ones, or instead of them', async () => {
    expect(await page()).not.toContain('custom.css');
    await put('custom.css', '.card { border: 0 }');
    expect(await (await asset('custom.css')).text()).toBe('.card { border: 0 }');
    await put('style.css', 'body { color: red }');
    expect(await (await asset('style.css')).text()).toMatch(/--accent:[\s\S]*\nbody \{ color: red \}$/);
  });
});

describe('The assets of the pages', () => {
  it('are cached under a URL that changes with the content', async () => {
    const before = await asset('style.css');
    expect(before.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(before.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(before.headers.get('x-content-type-options')).toBe('nosniff');
    await put('style.css', 'body { color: green }');
    expect((await asset('style.css')).url).not.toBe(before.url);
    expect((await fetch(before.url)).headers.get('cache-control')).toBe('no-cache');
  });

  it('include the font, which a custom file can replace', async () => {
    const face = async (): Promise<Response> => {
      const style = await (await asset('style.css')).text();
      return fetch(app.url + /src:url\("([^"]+)"\)/.exec(style)![1]!);
    };
    const inter = await face();
    expect(inter.headers.get('content-type')).toBe('font/woff2');
    expect(inter.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await page()).toContain(`<link rel="preload" href="${new URL(inter.url).pathname}`);
    await put('inter.woff2', 'another font');
    expect(await (await face()).text()).toBe('another font');
  });

  it.each(['base.html', 'nothing.css', 'custom.css', '..%2Fbase.html', 'constructor'])(
    'answer 404 for other names: %s',
    async (name) => {
      expect((await fetch(`${app.url}/static/pages/${name}`)).status).toBe(404);
    },
  );
});

describe('An unreadable logo', () => {
  it('is replaced by the built-in one', async () => {
    const file = join(folder, 'removed.png');
    await writeFile(file, Buffer.from('89504e470d0a1a0a', 'hex'));
    const other = await startTestApp({ BRAND_LOGO: file });
    await rm(file);
    const answer = await fetch(`${other.url}/static/pages/logo`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    await other.stop();
  });
});
