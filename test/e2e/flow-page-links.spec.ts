import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const token = 'the-secret-of-a-link-0123456789';

let app: TestApp;
let slug: string;

beforeAll(async () => {
  app = await startTestApp();
  ({ slug } = await createDummyFlow(app.api, 1));
});
afterAll(() => app.stop());

describe('The key of a link', () => {
  it('is removed from the address before a page is shown, and the rest of the query is kept', async () => {
    const visitor = new PageBrowser(app.url);
    const { status, html } = await visitor.open(`/if/flow/${slug}/?next=%2Fa&flow_token=${token}&locale=de`);
    expect(visitor.visited).toEqual([
      `/if/flow/${slug}/?next=%2Fa&flow_token=${token}&locale=de`,
      `/if/flow/${slug}/?next=%2Fa&locale=de&opened=`,
      `/if/flow/${slug}/?next=%2Fa&locale=de`,
    ]);
    expect(status).toBe(200);
    expect(html).not.toContain(token);
  });

  it('is removed with one redirect in a browser with a session', async () => {
    const visitor = new PageBrowser(app.url);
    await visitor.open(`/if/flow/${slug}/`);
    await visitor.open(`/if/flow/${slug}/?flow_token=${token}`);
    expect(visitor.visited.slice(1)).toEqual([`/if/flow/${slug}/?flow_token=${token}`, `/if/flow/${slug}/`]);
  });

  it('is not sent to third parties', async () => {
    const answer = await new PageBrowser(app.url).ask(`/if/flow/${slug}/?flow_token=${token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('location')).not.toContain(token);
    expect(await answer.text()).toBe('');
  });

  it('is not stored in plain text in the session', async () => {
    await new PageBrowser(app.url).ask(`/if/flow/${slug}/?flow_token=${token}`);
    const rows: { row: string }[] = await app.dataSource.query('select "session"::text as row from "session"');
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toContain(token);
  });

  it('in a browser without cookies leads to a page about cookies, not to a redirect loop', async () => {
    const visitor = new PageBrowser(app.url, {}, false);
    const { status, html } = await visitor.open(`/if/flow/${slug}/?flow_token=${token}`);
    expect(visitor.visited).toHaveLength(2);
    expect(status).toBe(200);
    expect(html).toContain('<h1>Cookies are disabled</h1>');
    expect(html).toContain('It still works.');
  });

  it('is read once; then the session continues without it', async () => {
    const visitor = new PageBrowser(app.url);
    await visitor.open(`/if/flow/${slug}/?flow_token=${token}`);
    const session = visitor.cookies.get('authentik_session');
    const { html } = await visitor.open(`/if/flow/${slug}/`);
    expect(html).toContain('<form method="post"');
    expect(visitor.cookies.get('authentik_session')).toBe(session);
  });
});
