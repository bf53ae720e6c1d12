import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createReader } from '../factories/proof-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail, type ProofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

const metricsToken = 'metrics-token-of-the-tests';

let app: TestApp;
let sink: SmtpSink;
let port: number;
const log: string[] = [];

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  const lines = new Writable({
    write(line: Buffer, _, done) {
      log.push(line.toString());
      done();
    },
  });
  app = await startTestApp({ METRICS_TOKEN: metricsToken }, undefined, pino({ level: 'trace' }, lines));
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

/** Secrets that must not be exposed, by name. */
class Secrets {
  readonly known = new Map<string, string>();
  private readonly inspections: unknown[] = [];

  add(name: string, value: string): string {
    expect(value, name).not.toBe('');
    this.known.set(name, value);
    return value;
  }

  addMail({ token, code }: ProofMail, name: string): void {
    this.add(`token of ${name}`, token);
    if (code !== '') this.add(`code of ${name}`, code);
  }

  addSession({ cookies }: { cookies: PageBrowser['cookies'] }, name: string): void {
    this.add(`session of ${name}`, cookies.get('authentik_session') ?? '');
    this.add(`CSRF token of ${name}`, cookies.get('authentik_csrf') ?? '');
  }

  /** Reads a browser's session with the inspector, as an administrator. */
  async inspect(visitor: Visitor, slug: string): Promise<void> {
    const headers = { authorization: `Bearer ${adminKey}` };
    const { status, body } = await visitor.request('GET', `/flows/inspector/${slug}/`, { headers });
    expect(status).toBe(200);
    this.inspections.push(body);
  }

  /** Lists the places that contain one of the secrets. */
  async found(): Promise<string[]> {
    const pages = [
      await everything('/events/events/'),
      await everything('/mail/messages/'),
      await everything('/core/users/'),
      await everything('/core/tokens/'),
      await everything('/managed/blueprints/'),
    ];
    expect(pages[0]!.length).toBeGreaterThan(100);
    const metrics = await (
      await fetch(`${app.url}/-/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })
    ).text();
    const places: [string, string][] = [
      ['the log', log.join('')],
      ['the inspector', JSON.stringify(this.inspections)],
      ['the lists', pages.join('')],
      ['the metrics', metrics],
      ...(await tables()),
    ];
    // Values that are not secret are found there.
    expect(log.join('')).toContain('"/api/v3/flows/executor/:flow_slug"');
    expect(places.filter(([, text]) => text.includes('Rita Reader')).length).toBeGreaterThan(1);
    return places.flatMap(([place, text]) =>
      [...this.known].filter(([, secret]) => holds(text, secret)).map(([name]) => `${name} in ${place}`),
    );
  }
}

/** Six digits may be part of any number; alone they are a code. */
function holds(text: string, secret: string): boolean {
  return /^\d+$/.test(secret) ? new RegExp(`(?<![\\d.-])${secret}(?![\\d.-])`).test(text) : text.includes(secret);
}

async function everything(path: string): Promise<string> {
  const { status, body } = await app.api.get(`${path}?page_size=1000`);
  expect([path, status]).toEqual([path, 200]);
  return JSON.stringify(body);
}

/** Every row of every table, including the job queue. */
async function tables(): Promise<[string, string][]> {
  const names = await app.dataSource.query<{ name: string }[]>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('public', 'graphile_worker')`,
  );
  const found: [string, string][] = [];
  for (const { name } of names) {
    const rows = await app.dataSource.query<{ row: string }[]>(`select t::text as row from ${name} t`);
    found.push([name, rows.map(({ row }) => row).join('\n')]);
  }
  return found;
}

/** Opens a link, presses a wrong button and then the right one. */
async function confirm(visitor: Visitor, slug: string, { query }: ProofMail, secrets: Secrets): Promise<any> {
  const component = 'ak-stage-consent';
  const { token } = await visitor.see(slug, query);
  secrets.add('button', token);
  await visitor.answer(slug, { component, token: secrets.add('wrong button', `wrong-button-${randomUUID()}`) }, query);
  return visitor.answer(slug, { component, token }, query);
}

describe('The token of a link, the code, the password and the session', () => {
  it('of a recovery do not appear in logs, events, lists, tables, metrics or the inspector', async () => {
    const secrets = new Secrets();
    const slug = await createRecoveryFlow(app.api, { port });
    const { email, pk } = await createReader(app.api);
    const asking = new Visitor(app.url);
    await asking.answer(slug, { uid_field: email });
    await secrets.inspect(asking, slug);
    secrets.addMail(await proofMail(sink, email), 'the first mail');
    await asking.answer(slug, { component: 'ak-stage-email' });
    const mail = await proofMail(sink, email, 2);
    secrets.addMail(mail, 'the second mail');
    const wrong = secrets.add('wrong code', String((Number(mail.code) + 1) % 1_000_000).padStart(6, '0'));
    await asking.answer(slug, { component: 'ak-stage-email', code: wrong });
    await secrets.inspect(asking, slug);
    secrets.addSession(asking, 'the first browser');

    const other = new Visitor(app.url);
    const unknown = secrets.add('unknown token', `unknown-token-${randomUUID()}`);
    await other.see(slug, `flow_token=${unknown}`);
    expect(await confirm(other, slug, mail, secrets)).toMatchObject({ component: 'ak-stage-prompt' });
    secrets.addSession(other, 'the other browser');
    await secrets.inspect(other, slug);
    const password = secrets.add('password', `password-${randomUUID()}`);
    const mistyped = secrets.add('mistyped password', `mistyped-${randomUUID()}`);
    await other.answer(slug, { password, password_repeat: mistyped }, mail.query);
    await secrets.inspect(other, slug);
    expect(await other.answer(slug, { password, password_repeat: password }, mail.query)).toMatchObject({
      component: 'xak-flow-redirect',
    });
    secrets.addSession(other, 'the signed-in browser');
    await secrets.inspect(other, slug);
    expect((await other.request('GET', '/core/users/me/')).body.user.pk).toBe(pk);
    expect(await secrets.found()).toEqual([]);
  });

  it('of an enrollment that is confirmed by code do not appear there either', async () => {
    const secrets = new Secrets();
    const slug = await createEnrollmentFlow(app.api, { port });
    const username = randomUUID();
    const email = `${username}@example.org`;
    const visitor = new Visitor(app.url);
    const password = secrets.add('password', `password-${randomUUID()}`);
    await visitor.answer(slug, { username, password, password_repeat: password });
    await secrets.inspect(visitor, slug);
    await visitor.answer(slug, { name: 'New Comer', email });
    await secrets.inspect(visitor, slug);
    const mail = await proofMail(sink, email);
    secrets.addMail(mail, 'the mail');
    secrets.addSession(visitor, 'the browser');
    expect(await secrets.found()).toEqual([]);
    expect(await visitor.answer(slug, { component: 'ak-stage-email', code: mail.code })).toMatchObject({
      component: 'xak-flow-redirect',
    });
    secrets.addSession(visitor, 'the signed-in browser');
    await secrets.inspect(visitor, slug);
    expect(await secrets.found()).toEqual([]);
  });

  it('of a recovery on pages do not appear there either', async () => {
    const secrets = new Secrets();
    const slug = await createRecoveryFlow(app.api, { port });
    const { email } = await createReader(app.api);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    await browser.submit({ uid_field: email });
    const mail = await proofMail(sink, email);
    secrets.addMail(mail, 'the mail');
    await browser.open(`/if/flow/${slug}/?${mail.query}`);
    await browser.submit();
    secrets.addSession(browser, 'the browser');
    const password = secrets.add('password', `password-${randomUUID()}`);
    await browser.submit({ password, password_repeat: password });
    expect(browser.page.address).toBe('/');
    secrets.addSession(browser, 'the signed-in browser');
    expect(await secrets.found()).toEqual([]);
  });

  it('of a recovery that an administrator starts do not appear there either', async () => {
    const secrets = new Secrets();
    const slug = `0-${randomUUID()}`;
    const made = await createRecoveryFlow(app.api, { port });
    await app.api.patch(`/flows/instances/${made}/`, { slug });
    const { email, pk } = await createReader(app.api);
    const { results } = (await app.api.get('/stages/email/')).body;
    const stage = results.find(({ flow_set }: any) => flow_set.some((flow: any) => flow.slug === slug)).pk;
    const shown = (await app.api.post(`/core/users/${pk}/recovery/`)).body.link;
    secrets.add('token of the shown link', new URL(shown).searchParams.get('flow_token') ?? '');
    await app.api.post(`/core/users/${pk}/recovery_email/?email_stage=${stage}`);
    const mail = await proofMail(sink, email);
    secrets.addMail(mail, 'the mail');
    const visitor = new Visitor(app.url);
    expect(await confirm(visitor, slug, mail, secrets)).toMatchObject({ component: 'ak-stage-prompt' });
    await secrets.inspect(visitor, slug);
    expect(await secrets.found()).toEqual([]);
  });

  it('do not appear in logs after a failed database write', async () => {
    const secrets = new Secrets();
    const slug = await createRecoveryFlow(app.api, { port });
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: email });
    const mail = await proofMail(sink, email);
    secrets.addMail(mail, 'the mail');
    const { token } = await visitor.see(slug, mail.query);
    secrets.addSession(visitor, 'the browser');
    const lines = log.length;
    await app.dataSource.query('alter table "flow_token" add constraint ck_broken check (spent is null) not valid');
    const answer = { component: 'ak-stage-consent', token: secrets.add('button', token) };
    expect(await visitor.answer(slug, answer, mail.query)).toMatchObject({ component: 'ak-stage-flow-error' });
    await app.dataSource.query('alter table "flow_token" drop constraint ck_broken');
    expect(log.slice(lines).join('')).toContain('a flow failed');
    expect(await secrets.found()).toEqual([]);
    expect(log.join('')).not.toMatch(/\bv1\.[\w-]{20,}|\$argon2/);
  });
});
