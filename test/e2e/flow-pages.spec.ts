import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

function browser(headers: Record<string, string> = {}): PageBrowser {
  return new PageBrowser(app.url, headers);
}

async function sessions(): Promise<number> {
  const [{ count }] = await app.dataSource.query('select count(*)::int as count from "session"');
  return count;
}

describe('A page of a flow', () => {
  it('leads through the stages, with a redirect after each form', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2, { title: 'Two steps' });
    const visitor = browser();
    const first = await visitor.open(`/if/flow/${slug}/`);
    expect(first.status).toBe(200);
    expect(first.html).toContain('<h1>Two steps</h1>');
    expect(first.html).toContain(names[0]);
    const second = await visitor.submit();
    expect(visitor.visited).toEqual([`/if/flow/${slug}/`, `/if/flow/${slug}/`, `/if/flow/${slug}/`]);
    expect(second.html).toContain(names[1]);
    await visitor.submit();
    expect(visitor.visited.at(-1)).toBe('/');
  });

  it('redirects to `next` at the end', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const visitor = browser();
    await visitor.open(`/if/flow/${slug}/?next=%2Fwelcome%3Fa%3D1&locale=de`);
    const answer = await visitor.ask(visitor.page.address, { method: 'POST', body: visitor.formOf() });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/welcome?a=1']);
  });

  it.each(['//evil.example', '/\\evil.example', 'javascript:alert(1)', 'https://evil.example/'])(
    'does not redirect to the unsafe `next` %s',
    async (next) => {
      const { slug } = await createDummyFlow(app.api, 1);
      const visitor = browser();
      const { html } = await visitor.open(`/if/flow/${slug}/?next=${encodeURIComponent(next)}`);
      expect(html).toContain('We cannot send you back to the page you came from.');
      expect((await visitor.submit()).status).toBe(200);
      expect(visitor.page.address).toBe('/');
    },
  );

  it('signs in with a new session, and shows the user at the end', async () => {
    const user = await createPasswordUser(app.api, { name: 'Ada Lovelace' });
    const visitor = browser();
    await visitor.open(`/if/flow/${await createSignInFlow(app.api)}/`);
    const before = visitor.cookies.get('authentik_session');
    const { html } = await visitor.submit({ uid_field: user.username, password: user.password });
    expect(visitor.visited.at(-1)).toBe('/');
    expect(visitor.cookies.get('authentik_session')).not.toBe(before);
    expect(html).toContain('You are signed in as <bdi>Ada Lovelace</bdi>.');
    expect(html).not.toContain('role="status"');
  });

  it('shows errors beside their fields once, and keeps the input except passwords', async () => {
    const visitor = browser();
    await visitor.open(`/if/flow/${await createSignInFlow(app.api)}/`);
    const { html, address } = await visitor.submit({ uid_field: 'ada', password: 'my secret' });
    expect(html).toContain('<title>Error: Welcome back – email-stage</title>');
    expect(html).toMatch(/role="alert">\s*<p>These details are not correct. Please check them and try again.<\/p>/);
    expect(html).toContain('value="ada"');
    expect(html).not.toContain('my secret');
    const empty = await visitor.submit({ uid_field: '', password: '' });
    expect(empty.html).toMatch(/name="uid_field"[^>]* aria-describedby="field-1-wrong" aria-invalid="true" autofocus/);
    expect(empty.html).toContain('<p class="wrong" id="field-1-wrong">Please fill in this field.</p>');
    expect((await visitor.open(address)).html).not.toContain('role="alert"');
  });

  it('has input attributes for password managers and keyboards', async () => {
    const open = async (user_fields: string[]): Promise<string> => {
      const visitor = browser();
      return (
        await visitor.open(`/if/flow/${await createSignInFlow(app.api, {}, { user_fields: user_fields as never })}/`)
      ).html;
    };
    expect(await open(['email'])).toMatch(
      /type="email"[^>]*autocomplete="username" inputmode="email" autocapitalize="none"/,
    );
    const both = await open(['email', 'username']);
    expect(both).toMatch(/for="field-1">Email or username<\/label>/);
    expect(both).toMatch(/type="password"[^>]*autocomplete="current-password"/);
  });

  it('has no script in compatibility mode', async () => {
    const [plain, other] = [
      await createDummyFlow(app.api, 1, { compatibility_mode: true }),
      await createDummyFlow(app.api, 1),
    ];
    expect((await browser().open(`/if/flow/${plain.slug}/`)).html).not.toContain('<script');
    expect((await browser().open(`/if/flow/${other.slug}/`)).html).toContain('<script src="/static/pages/page.js');
  });

  it('has the layout and the background of the flow', async () => {
    const { slug } = await createDummyFlow(app.api, 1, { layout: 'sidebar_right' });
    const { pk } = (await app.api.get(`/flows/instances/${slug}/`)).body;
    const url = 'https://pictures.example/a.jpg';
    await app.api.post(`/flows/instances/${slug}/set_background_url/`, { url });
    const { html, headers } = await browser().open(`/if/flow/${slug}/`);
    expect(pk).toBeDefined();
    expect(html).toContain('<body class="sidebar sidebar_right pictured">');
    expect(html).toContain(`<img class="backdrop" src="${url}"`);
    expect(headers.get('content-security-policy')).toContain("img-src 'self' data: https://pictures.example;");
  });
});

describe('A form of a page', () => {
  it('that is sent twice answers one stage', async () => {
    const { slug, names } = await createDummyFlow(app.api, 3);
    const visitor = browser();
    await visitor.open(`/if/flow/${slug}/`);
    const form = visitor.formOf();
    await Promise.all([visitor.send(form), visitor.send(form)]);
    expect((await visitor.open(`/if/flow/${slug}/`)).html).toContain(names[1]);
    await visitor.send(form);
    expect((await visitor.open(`/if/flow/${slug}/`)).html).toContain(names[1]);
  });

  it('of an abandoned run answers no stage', async () => {
    const [one, other] = [await createDummyFlow(app.api, 2), await createDummyFlow(app.api, 2)];
    const visitor = browser();
    const { address } = await visitor.open(`/if/flow/${one.slug}/`);
    const form = visitor.formOf();
    await visitor.open(`/if/flow/${other.slug}/`);
    await visitor.open(address);
    await visitor.send(form);
    expect(visitor.page.html).toContain(one.names[0]);
  });

  it.each([
    ['without its token', (form: URLSearchParams) => form.delete('page:csrf')],
    ['with an empty token', (form: URLSearchParams) => form.set('page:csrf', '')],
    ['with an unknown token', (form: URLSearchParams) => form.set('page:csrf', 'x'.repeat(43))],
  ])('%s answers 403 and changes nothing', async (_, spoil) => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = browser();
    await visitor.open(`/if/flow/${slug}/`);
    const form = visitor.formOf();
    spoil(form);
    const { status, html } = await visitor.send(form);
    expect(status).toBe(403);
    expect(html).toContain('<h1>This page has expired</h1>');
    expect(html).toContain(`href="/if/flow/${slug}/"`);
    expect((await visitor.open(`/if/flow/${slug}/`)).html).toContain(names[0]);
  });

  it('with the token of another visitor answers 403 and changes nothing', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const [visitor, attacker] = [browser(), browser()];
    await visitor.open(`/if/flow/${slug}/`);
    await attacker.open(`/if/flow/${slug}/`);
    const form = visitor.formOf();
    form.set('page:csrf', attacker.formOf().get('page:csrf')!);
    expect((await visitor.send(form)).status).toBe(403);
    expect((await visitor.open(`/if/flow/${slug}/`)).html).toContain(names[0]);
  });

  it('of a browser without cookies answers 403 with a page about cookies', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const visitor = new PageBrowser(app.url, {}, false);
    await visitor.open(`/if/flow/${slug}/`);
    const { status, html } = await visitor.submit();
    expect(status).toBe(403);
    expect(html).toContain('<h1>Cookies are disabled</h1>');
  });

  it('that is too large or not a form answers 413, 415 or 400 with a page', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const visitor = browser();
    await visitor.open(`/if/flow/${slug}/`);
    const send = async (body: string, type: string): Promise<[number, string | undefined]> => {
      const init = { method: 'POST', body, headers: { 'content-type': type } };
      const answer = await visitor.ask(`/if/flow/${slug}/`, init);
      return [answer.status, /<h1>(.*)<\/h1>/.exec(await answer.text())?.[1]];
    };
    expect(await send('{}', 'application/json')).toEqual([415, 'Invalid request']);
    expect(await send('--', 'multipart/form-data')).toEqual([400, 'Invalid request']);
    const large = 'a='.padEnd(1_048_577, 'x');
    expect(await send(large, 'application/x-www-form-urlencoded')).toEqual([413, 'File or text too large']);
  });
});

describe('An error page', () => {
  it.each(['GET', 'POST'])('is shown with 404 for an unknown flow (%s)', async (method) => {
    const answer = await browser().ask('/if/flow/never-heard-of/?flow_token=x', { method });
    expect(answer.status).toBe(404);
    const html = await answer.text();
    expect(html).toContain('<h1>Page not found</h1>');
    expect(html).toContain('href="/"');
  });

  it('is shown with a link if access to a flow is denied', async () => {
    const { slug } = await createDummyFlow(app.api, 1, { authentication: 'require_superuser' });
    const { html, status } = await browser().open(`/if/flow/${slug}/`);
    expect(status).toBe(200);
    expect(html).toContain('<h1>Access denied</h1>');
    expect(html).toContain('This page is not available to you.');
    expect(html).toContain(`<a class="button main" href="/if/flow/${slug}/">Start over</a>`);
  });

  it('is shown once after the form that caused it; then the flow restarts', async () => {
    const { pk: dummy, name } = await createDummyStage(app.api);
    const { pk: deny } = await createStage(app.api, 'deny', { deny_message: 'Not <b>today</b>.' });
    const { flow } = await createFlowWith(app.api, [dummy, deny]);
    const visitor = browser();
    await visitor.open(`/if/flow/${flow.slug}/`);
    const { html, address } = await visitor.submit();
    expect(html).toContain('Not &lt;b&gt;today&lt;/b&gt;.');
    expect((await visitor.open(address)).html).toContain(name);
  });

  it('is shown with the request ID for an internal error, and allows a retry', async () => {
    const { pk: first } = await createDummyStage(app.api);
    const { pk: broken } = await createDummyStage(app.api, { throw_error: true });
    const { flow } = await createFlowWith(app.api, [first, broken]);
    const visitor = browser();
    await visitor.open(`/if/flow/${flow.slug}/`);
    const { html, status } = await visitor.submit();
    expect(status).toBe(500);
    expect(html).toContain('<h1>Something went wrong</h1>');
    expect(html).toMatch(/<code>[0-9a-f]{32}<\/code>/);
    expect(html).toContain(`href="/if/flow/${flow.slug}/">Try again</a>`);
  });

  it('is not shown after the session ended: the flow restarts', async () => {
    const { slug, names } = await createDummyFlow(app.api, 2);
    const visitor = browser();
    await visitor.open(`/if/flow/${slug}/`);
    const form = visitor.formOf();
    await visitor.submit();
    await app.dataSource.query('delete from "session"');
    const { html, status } = await visitor.send(form);
    expect(status).toBe(200);
    expect(html).toContain(names[0]);
    expect(html).not.toContain(names[1]);
  });
});

describe('A HEAD request for a page', () => {
  it('starts no session, uses no link, and has the headers of the page', async () => {
    const { slug } = await createDummyFlow(app.api, 1);
    const before = await sessions();
    for (const path of [`/if/flow/${slug}/`, `/if/flow/${slug}/?flow_token=secret`, '/', '/if/not-me/?token=secret']) {
      const answer = await browser().ask(path, { method: 'HEAD' });
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect((await browser().ask('/if/flow/never-heard-of/', { method: 'HEAD' })).status).toBe(404);
    expect(await sessions()).toBe(before);
  });
});
