import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { PageBrowser, type ShownPage } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let slug: string;

beforeAll(async () => {
  app = await startTestApp();
  slug = await createSignInFlow(app.api, { designation: 'authentication' });
});
afterAll(() => app.stop());

function open(accepted: string, query = ''): Promise<ShownPage> {
  return new PageBrowser(app.url, { 'accept-language': accepted }).open(`/if/flow/${slug}/${query}`);
}

describe('A page', () => {
  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de', 'Anmelden'],
    ['nl;q=0.9,fr;q=0.5', 'fr', 'Se connecter'],
    ['es', 'es', 'Iniciar sesión'],
    ['zh-CN', 'zh-Hans', '登录'],
    ['ar-EG', 'ar', 'تسجيل الدخول'],
    ['*', 'en', 'Sign in'],
    ['not a language;;;', 'en', 'Sign in'],
  ])('for Accept-Language %s is in %s', async (accepted, language, button) => {
    const { html, headers } = await open(accepted);
    expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
    expect(html).toContain(`type="submit">${button}</button>`);
    expect(headers.get('content-language')).toBe(language);
  });

  it('is in the language of the locale parameter, as is the next page', async () => {
    const browser = new PageBrowser(app.url, { 'accept-language': 'fr' });
    await browser.open(`/if/flow/${slug}/?locale=de&next=%2F`);
    const { html, address } = await browser.submit({ uid_field: 'x', password: 'y' });
    expect(address).toBe(`/if/flow/${slug}/?locale=de&next=%2F`);
    expect(html).toContain(
      '<p>Diese Angaben sind nicht korrekt. Bitte prüfen Sie sie und versuchen Sie es erneut.</p>',
    );
  });

  it('links to itself in every language', async () => {
    const { html } = await open('en', '?next=%2Fa%26b');
    for (const code of ['en', 'de', 'fr', 'es', 'zh-Hans', 'ar']) {
      expect(html).toContain(`href="/if/flow/${slug}/?next=%2Fa%26b&amp;locale=${code}" lang="${code}"`);
    }
  });

  it('is in the signed-in user’s language, unless the locale parameter names another one', async () => {
    const user = await createPasswordUser(app.api, { attributes: { settings: { locale: 'es' } } });
    const browser = new PageBrowser(app.url, { 'accept-language': 'de' });
    const first = await browser.open(`/if/flow/${slug}/`);
    expect(first.html).toContain('<html lang="de"');
    const { html } = await browser.submit({ uid_field: user.username, password: user.password });
    expect(html).toContain('<html lang="es"');
    expect((await browser.open('/?locale=fr')).html).toContain('<html lang="fr"');
  });

  it('does not use the language of a user before sign-in', async () => {
    const user = await createPasswordUser(app.api, { attributes: { settings: { locale: 'es' } } });
    const browser = new PageBrowser(app.url, { 'accept-language': 'de' });
    await browser.open(`/if/flow/${slug}/`);
    expect((await browser.submit({ uid_field: user.username, password: 'wrong' })).html).toContain('<html lang="de"');
  });

  it('for an error is in the browser’s language too', async () => {
    const browser = new PageBrowser(app.url, { 'accept-language': 'de' });
    expect((await browser.open('/if/flow/never-heard-of/')).html).toContain('<h1>Seite nicht gefunden</h1>');
  });
});
