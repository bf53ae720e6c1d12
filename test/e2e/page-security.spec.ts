import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&{{ csrf }}{% load i18n %}`;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Expects no unescaped markup of the hostile input. */
function expectHarmless(html: string): void {
  expect(html).not.toMatch(/<script>|<img src=x|onerror=alert\(1\)>/);
}

describe('Every page', () => {
  it('runs only its own script, cannot be framed, and sends no referrer', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const addresses: [string, RequestInit?][] = [
      ['/'],
      [`/if/flow/${slug}/`],
      [`/if/flow/${slug}/?flow_token=x`],
      [`/if/flow/${slug}/?opened=`],
      ['/if/flow/never-heard-of/'],
      [`/if/flow/${slug}/`, { method: 'POST' }],
      [`/if/flow/${slug}/`, { method: 'POST', body: 'a'.repeat(1_048_577) }],
      ['/sign-out/', { method: 'POST' }],
    ];
    for (const [address, init] of addresses) {
      const { headers } = await new PageBrowser(app.url).ask(address, init);
      const policy = headers.get('content-security-policy')!;
      expect(policy, address).toContain("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'");
      expect(policy).toContain("; font-src 'self'; img-src 'self' data:;");
      expect(policy).toContain("form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe-inline');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('has no inline style or script, and loads nothing from other origins', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    for (const address of ['/', `/if/flow/${slug}/`, '/if/flow/never-heard-of/']) {
      const { html } = await new PageBrowser(app.url).open(address);
      expect(html).not.toMatch(/<style|style="|<script(?! src="\/static\/pages\/)| on\w+="/);
      const loaded = [...html.matchAll(/(?:src|<link[^>]*href)="([^"]*)"/g)].map(([, target]) => target);
      expect(loaded.length).toBeGreaterThan(2);
      for (const target of loaded) expect(target).toMatch(/^(\/|data:)/);
    }
  });
});

describe('Every response', () => {
  it('has a Content-Security-Policy with default-src none, and disables browser features', async () => {
    for (const path of [
      '/api/v3/root/config/',
      '/api/v3/core/users/',
      '/-/health/live/',
      '/nowhere',
      '/',
      '/api/v3/docs/',
    ]) {
      const { headers } = await fetch(`${app.url}${path}`);
      expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(headers.get('permissions-policy'), path).toMatch(/camera=\(\), .*geolocation=\(\), .*usb=\(\)/);
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    }
  });
});

describe('Untrusted input', () => {
  it('in a title, a stage name, a deny message or a query is escaped', async () => {
    const { pk: dummy } = await createDummyStage(app.api, { name: hostile });
    const { pk: deny } = await createStage(app.api, 'deny', { deny_message: hostile });
    const { flow } = await createFlowWith(app.api, [dummy, deny], { title: `${hostile} %(user)s` });
    const visitor = new PageBrowser(app.url);
    const query = `?locale=${encodeURIComponent(hostile)}&next=${encodeURIComponent(hostile)}`;
    for (const page of [await visitor.open(`/if/flow/${flow.slug}/${query}`), await visitor.submit()]) {
      expect(page.html).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
      expectHarmless(page.html);
    }
  });

  const builtIn = 'This link is too old. Ask Ada for another: https://id.example/if/flow/x/';

  it('in a deny message is shown unchanged, even if it equals a built-in message', async () => {
    for (const deny_message of [builtIn, 'Unknown error', 'Flow does not apply to current user.']) {
      const { pk } = await createStage(app.api, 'deny', { deny_message });
      const { flow } = await createFlowWith(app.api, [pk]);
      const { html } = await new PageBrowser(app.url).open(`/if/flow/${flow.slug}/`);
      expect(html).toContain(deny_message);
      const shown = await new Visitor(app.url).see(flow.slug);
      expect([shown.error_message, Object.keys(shown).includes('isOwnMessage')]).toEqual([deny_message, false]);
    }
  });

  it('in a title, a label or a hint is shown unchanged, even if it equals a built-in message', async () => {
    const said = ['Invalid password', 'Invalid scheme', 'No pending user.'];
    const [title, label, sub_text] = said as [string, string, string];
    const { pk } = await createPromptStage(app.api, [{ label, sub_text }]);
    const { flow } = await createFlowWith(app.api, [pk], { title });
    const { html } = await new PageBrowser(app.url).open(`/if/flow/${flow.slug}/`);
    for (const text of said) expect(html).toContain(text);
  });

  it('in a form is returned unchanged and escaped', async () => {
    const visitor = new PageBrowser(app.url);
    await visitor.open(`/if/flow/${await createSignInFlow(app.api)}/`);
    const { html } = await visitor.submit({ uid_field: hostile, password: hostile });
    expectHarmless(html);
    expect(visitor.formOf().get('uid_field')).toBe(hostile);
    expect(html.match(/alert\(1\)/g)).toHaveLength(2);
  });

  it('in the URL of a background image is escaped, and its origin is allowed only for images', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const url = `https://pictures.example/a.jpg"onload="alert(1)`;
    await app.api.post(`/flows/instances/${slug}/set_background_url/`, { url });
    const { html, headers } = await new PageBrowser(app.url).open(`/if/flow/${slug}/`);
    expect(html).toContain('src="https://pictures.example/a.jpg&quot;onload=&quot;alert(1)"');
    expect(headers.get('content-security-policy')).toContain(
      "img-src 'self' data: https://pictures.example; form-action",
    );
  });

  it.each(['%00', '%22%3E%3Cscript%3E', '..%2F..', '%E0%A4%A', 'x'.repeat(300)])(
    'as the slug of a flow answers 404: %s',
    async (slug) => {
      const answer = await new PageBrowser(app.url).ask(`/if/flow/${slug}/`);
      expect(answer.status).toBe(404);
      expectHarmless(await answer.text());
    },
  );
});
