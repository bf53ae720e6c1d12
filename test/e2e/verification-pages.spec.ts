import { randomUUID } from 'node:crypto';

import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { VerificationDto } from '../../src/verifications/dto/verification.dto.js';
import { SigningKeys } from '../../src/verifications/signing/signing-keys.service.js';
import { createVerification } from '../factories/verification.js';
import { PageBrowser } from '../support/page-browser.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { verificationMail } from '../support/verification-mail.js';

let app: TestApp;
const sink = new SmtpSink();
beforeAll(async () => {
  const port = await sink.listen();
  app = await startTestApp({
    PUBLIC_URL: 'https://login.example.org',
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(port),
    ALLOWED_REDIRECTS: 'https://app.example.com',
  });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const redirect_url = 'https://app.example.com/verified?from=mail';

interface Opened {
  readonly verification: VerificationDto;
  readonly link: string;
  readonly browser: PageBrowser;
}

/** Starts a verification and opens its link. */
async function openLink(fields: Parameters<typeof createVerification>[1] = {}): Promise<Opened> {
  const verification = await createVerification(app.api, fields);
  const { link } = await verificationMail(sink, verification.email);
  const browser = new PageBrowser(app.url);
  await browser.open(link);
  return { verification, link, browser };
}

const stateOf = async ({ pk }: VerificationDto): Promise<string> =>
  (await app.api.get(`/verifications/${pk}/`)).body.status;

const h1 = (html: string): string => /<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? '';

describe('The link of a verification', () => {
  it('shows the address and a button, and verifies nothing before it is pressed', async () => {
    const { verification, link, browser } = await openLink();
    expect(h1(browser.page.html)).toBe('Confirm your email address');
    expect(browser.page.html).toContain(verification.email);
    for (const method of ['GET', 'HEAD', 'GET']) await fetch(`${app.url}${link}`, { method });
    expect(await stateOf(verification)).toBe('pending');
    const { html } = await browser.submit();
    expect(h1(html)).toBe('Email address confirmed');
    expect(html).toContain('You can close this window.');
    expect((await app.api.get(`/verifications/${verification.pk}/`)).body).toMatchObject({
      ...{ status: 'approved', approved_by: 'link', approved_at: expect.any(String) },
    });
  });

  it('leads to the application with a token that its back end can trust without a request', async () => {
    const external_id = 'user-4711 <b>&"';
    const { verification, browser } = await openLink({ redirect_url, external_id });
    await browser.submit();
    const target = new URL(browser.visited.at(-1) ?? '');
    expect(target.origin + target.pathname).toBe('https://app.example.com/verified');
    expect(Object.fromEntries(target.searchParams)).toEqual({
      ...{ from: 'mail', verification: verification.pk, token: expect.any(String) },
    });
    const jwks = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));
    const token = target.searchParams.get('token') ?? '';
    const { payload } = await jwtVerify(token, jwks, {
      ...{ issuer: 'https://login.example.org', audience: 'https://app.example.com', algorithms: ['EdDSA'] },
    });
    const { approved_at } = (await app.api.get(`/verifications/${verification.pk}/`)).body;
    expect(payload).toEqual({
      ...{ iss: 'https://login.example.org', sub: verification.pk, aud: 'https://app.example.com' },
      ...{ email: verification.email, method: 'link', external_id, iat: expect.any(Number) },
      ...{ exp: Number(payload.iat) + 300, verified_at: expect.any(String) },
    });
    expect(Date.parse(String(payload['verified_at']))).toBe(Date.parse(approved_at));
    await expect(jwtVerify(token, jwks, { audience: 'https://evil.example' })).rejects.toThrow('aud');
    await expect(jwtVerify(token, jwks, { currentDate: new Date(Date.now() + 301_000) })).rejects.toThrow('exp');
    const [head, body, signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...payload, email: 'eve@example.org' })).toString('base64url');
    await expect(jwtVerify([head, forged, signature].join('.'), jwks)).rejects.toThrow('signature');
    expect(body).not.toBe(forged);
  });

  it('works once: others see that it was used, and get no token', async () => {
    const { link, browser } = await openLink({ redirect_url });
    const form = browser.formOf();
    await browser.submit();
    const other = new PageBrowser(app.url);
    const { html } = await other.open(link);
    expect(h1(html)).toBe('This link has already been used');
    expect(html).toContain(`href="https://app.example.com/verified?from=mail"`);
    const { html: sent } = await other.send(form);
    expect(h1(sent)).toBe('This link has already been used');
    expect(other.visited.filter((address) => address.includes('app.example.com'))).toEqual([]);
  });

  it('leads to the application again if the browser that has used it sends the form twice', async () => {
    const { browser, verification } = await openLink({ redirect_url });
    const form = browser.formOf();
    await browser.submit();
    const [first] = browser.visited.slice(-1);
    await browser.open('/');
    await browser.open('/if/verify/');
    await browser.send(form);
    const [second = ''] = browser.visited.slice(-1);
    expect(new URL(first ?? '').searchParams.get('verification')).toBe(verification.pk);
    expect(new URL(second).searchParams.get('verification')).toBe(verification.pk);
    await app.dataSource.query(
      `update verification set approved_at = now() - interval '6 minutes' where verification_uuid = $1`,
      [verification.pk],
    );
    await browser.open('/if/verify/');
    expect(h1((await browser.send(form)).html)).toBe('This link has already been used');
  });

  it('approves once when link and code are used at the same time', async () => {
    const { verification, browser } = await openLink();
    const { code } = await verificationMail(sink, verification.email);
    const form = browser.formOf();
    await Promise.all([
      ...[1, 2, 3].map(async () => app.api.post(`/verifications/${verification.pk}/check/`, { code })),
      ...[1, 2, 3].map(async () => browser.ask('/if/verify/', { method: 'POST', body: form })),
    ]);
    const events = await app.dataSource.query(
      `select from event where context -> 'model' ->> 'pk' = $1 and context ->> 'status' = 'approved'`,
      [verification.pk],
    );
    expect(events).toHaveLength(1);
  });

  it.each([
    ['canceled', `status = 'canceled'`, 'This link is no longer valid', 'The request was canceled.'],
    ['expired', `expires = now()`, 'This link has expired', 'Enter your address again where you started.'],
    ['max_attempts', `status = 'max_attempts'`, 'This link is no longer valid', 'Too many wrong codes were entered.'],
  ])('says why it does not work: %s', async (_, change, title, reason) => {
    const { verification, link, browser } = await openLink();
    const form = browser.formOf();
    await app.dataSource.query(`update verification set ${change} where verification_uuid = $1`, [verification.pk]);
    for (const { html } of [await new PageBrowser(app.url).open(link), await browser.send(form)]) {
      expect(h1(html)).toBe(title);
      expect(html).toContain(reason);
    }
    expect(await stateOf(verification)).not.toBe('approved');
  });

  it.each(['0'.repeat(64), '', 'x'.repeat(5000), '../../etc/passwd', '%00'])('is unknown: %j', async (secret) => {
    const browser = new PageBrowser(app.url);
    const { status, html } = await browser.open(`/if/verify/?token=${secret}`);
    expect(status).toBe(200);
    expect(h1(html)).toBe('This link is not valid');
  });

  it('works although its server has reported that the mail failed', async () => {
    const { verification, browser } = await openLink();
    await app.dataSource.query(`update verification set status = 'failed' where verification_uuid = $1`, [
      verification.pk,
    ]);
    await browser.submit();
    expect(await stateOf(verification)).toBe('approved');
  });

  it('is not that of a verification by code, whose mail has none', async () => {
    const { pk } = await createVerification(app.api, { method: 'code' });
    const { linkSecret } = await import('../../src/database/link-secret.js');
    const { SecretBox } = await import('../../src/database/secret-box.js');
    const secret = linkSecret(`verification:${pk}`, app.nest.get(SecretBox, { strict: false }));
    const { html } = await new PageBrowser(app.url).open(`/if/verify/?token=${secret}`);
    expect(h1(html)).toBe('This link is not valid');
  });

  it('does not lead to an origin that was removed from ALLOWED_REDIRECTS', async () => {
    const { verification, browser } = await openLink({ redirect_url });
    await app.dataSource.query(`update verification set redirect_url = $2 where verification_uuid = $1`, [
      ...[verification.pk, 'https://former.example.com/verified'],
    ]);
    const { html } = await browser.submit();
    expect(h1(html)).toBe('Email address confirmed');
    expect(html).not.toContain('former.example.com');
  });

  it('keeps its secret out of the address, the database, the log of events and other sites', async () => {
    const { link, browser } = await openLink({ redirect_url });
    const secret = new URL(link, app.url).searchParams.get('token') ?? '';
    expect(browser.visited).toEqual([link, '/if/verify/?opened=', '/if/verify/']);
    expect(browser.page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(browser.page.headers.get('cache-control')).toBe('no-store');
    expect(browser.page.headers.get('content-security-policy')).toContain("default-src 'none'");
    await browser.submit();
    for (const table of ['verification', 'mail_message', 'event', 'session']) {
      const rows = await app.dataSource.query(`select from "${table}" t where t::text like '%' || $1 || '%'`, [secret]);
      expect(rows, table).toEqual([]);
    }
  });

  it('has a page in six languages', async () => {
    const { verification, link } = await openLink();
    const titles = new Set<string>();
    for (const locale of ['en', 'de', 'fr', 'es', 'zh-Hans', 'ar']) {
      const { html } = await new PageBrowser(app.url).open(`${link}&locale=${locale}`);
      titles.add(h1(html));
      expect(html).toContain(verification.email);
    }
    expect(titles.size).toBe(6);
  });

  it('shows the address as text', async () => {
    const { browser } = await openLink({ email: `a'b&c-${randomUUID()}@example.org` });
    expect(browser.page.html).toMatch(/a(&#x27;|&#39;)b&amp;c-/);
  });
});

describe('The signing key', () => {
  it('is published before the first token is signed', async () => {
    await app.dataSource.query('delete from signing_key');
    const { keys } = (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' }]);
  });

  it('is sealed, and one although many tokens are signed at the same time', async () => {
    const keys = app.nest.get(SigningKeys, { strict: false });
    const active = await Promise.all([1, 2, 3, 4, 5].map(() => keys.active()));
    expect(new Set(active.map(({ id }) => id)).size).toBe(1);
    const rows = await app.dataSource.query(`select private_key from signing_key where is_active`);
    expect(rows).toEqual([{ private_key: expect.stringMatching(/^v1\.[\w-]{100,}$/) }]);
  });

  it('is replaced, while the public key of before stays published for its tokens', async () => {
    const keys = app.nest.get(SigningKeys, { strict: false });
    const { id: before } = await keys.active();
    const after = await keys.rotate();
    const response = await fetch(`${app.url}/.well-known/jwks.json`);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const published = ((await response.json()) as { keys: Record<string, string>[] }).keys;
    expect(published.map(({ kid }) => kid)).toEqual(expect.arrayContaining([before, after]));
    for (const key of published) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    }
    const { browser } = await openLink({ redirect_url });
    await browser.submit();
    const token = new URL(browser.visited.at(-1) ?? '').searchParams.get('token') ?? '';
    expect(decodeProtectedHeader(token).kid).toBe(after);
  });
});
