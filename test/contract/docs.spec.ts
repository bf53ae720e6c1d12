import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9';

describe('The Swagger UI', () => {
  it.each(['/api/v3/docs', '/api/v3/docs/'])('opens at %s, with everything that the page loads', async (path) => {
    const page = await fetch(`${app.url}${path}`, { headers: { accept } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
    const html = await page.text();
    expect(html).toContain('<title>email-stage</title>');
    const loaded = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, link = '']) => new URL(link, page.url));
    expect(loaded.map(({ pathname }) => pathname)).toEqual(
      expect.arrayContaining(['/api/v3/docs/swagger-ui.css', '/api/v3/docs/swagger-ui-init.js']),
    );
    expect(loaded.filter(({ origin }) => origin !== app.url)).toEqual([]);
    const sizes = loaded.map(async (link) => {
      const file = await fetch(link);
      return file.ok ? (await file.arrayBuffer()).byteLength : 0;
    });
    expect(Math.min(...(await Promise.all(sizes)))).toBeGreaterThan(0);
  });

  it('loads and requests nothing from other origins, and stores no token', async () => {
    for (const path of ['/api/v3/docs', '/api/v3/docs/', '/api/v3/docs/index.html', '/api/v3/docs/?url=x']) {
      const { headers } = await fetch(`${app.url}${path}`, { headers: { accept } });
      const policy = headers.get('content-security-policy')?.split('; ');
      expect(policy, path).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "connect-src 'self'",
          "frame-ancestors 'none'",
        ]),
      );
    }
    const script = await (await fetch(`${app.url}/api/v3/docs/swagger-ui-init.js`)).text();
    expect(script).toContain('"persistAuthorization": false');
  });

  it('shows the document that is served at /schema/, in groups of at most 25 operations, with a filter', async () => {
    const script = await (await fetch(`${app.url}/api/v3/docs/swagger-ui-init.js`)).text();
    const shown = JSON.parse(/"swaggerDoc": (\{.*\}),\n {2}"customOptions"/s.exec(script)?.[1] ?? '') as Document;
    const served = (await (await fetch(`${app.url}/api/v3/schema/?format=json`)).json()) as Document;
    expect(untagged(shown)).toEqual(untagged(served));
    const tags = Object.values(shown.paths).flatMap((item) =>
      Object.values(item).flatMap((operation) => operation.tags),
    );
    const sizes = new Map(tags.map((tag) => [tag, tags.filter((other) => other === tag).length]));
    expect(Math.max(...sizes.values())).toBeLessThanOrEqual(25);
    expect([...sizes.keys()]).toEqual(expect.arrayContaining(['core/users', 'flows/instances', 'stages/email']));
    expect(script).toContain('"filter": true');
  });
});

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly tags: readonly string[] }>>>>;
}

function untagged(document: Document): unknown {
  return JSON.parse(JSON.stringify(document, (key, value: unknown) => (key === 'tags' ? undefined : value)));
}
