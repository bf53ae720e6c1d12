import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { GuessLimits } from '../../src/core/limits/guess-limits.service.js';
import { applyBlueprints } from '../factories/default-flows.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createProofFlow, createReader } from '../factories/proof-flow.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let slug: string;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  const url = 'https://login.example.org';
  app = await startTestApp({ PUBLIC_URL: url, EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(port) });
  await applyBlueprints(app);
  slug = await createSignInFlow(app.api);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query('delete from "request_limit"'));

const guess = (uid_field: string): Promise<unknown> =>
  new Visitor(app.url).request('POST', `/flows/executor/${slug}/?query=`, {
    json: { uid_field, password: `wrong-${randomUUID()}` },
  });
const queued = (): Promise<{ recipient: string }[]> =>
  app.dataSource.query(
    `select recipient_address as recipient from "mail_message" where template = 'email/account_locked.html' order by 1`,
  );
const counted = async (): Promise<number> =>
  (await app.dataSource.query(`select 1 from "request_limit" where key like 'notice:locked:%'`)).length;

describe('Rate-limited guesses at an account', () => {
  it('are reported to its owner by mail once a day, in their language, with a link to secure the account', async () => {
    const attributes = { settings: { locale: 'de' } };
    const user = await createPasswordUser(app.api, { attributes });
    for (let failures = 0; failures < 5; failures += 1) await guess(user.username);
    expect(await queued()).toEqual([]);
    for (const name of [user.username, user.email, user.username]) await guess(name);
    expect(await queued()).toEqual([{ recipient: user.email }]);
    const mails = (): SmtpSink['mails'] =>
      sink.mails.filter(({ source }) => source.includes('Zu viele fehlgeschlagene'));
    await expect.poll(() => mails().length, { timeout: 20_000 }).toBe(1);
    const { subject, text = '' } = await simpleParser(mails()[0]!.source);
    expect(subject).toBe('Zu viele fehlgeschlagene Anmeldeversuche – email-stage');
    const path = /https:\/\/login\.example\.org(\/if\/not-me\/\S+)/.exec(text)![1]!;
    const browser = new PageBrowser(app.url);
    await browser.open(path);
    expect((await browser.submit()).html).toContain('Account secured');
    await app.dataSource.query(`update "request_limit" set ends = now() where key like 'notice:%'`);
    for (let failures = 0; failures < 6; failures += 1) await guess(user.username);
    expect(await queued()).toHaveLength(2);
  });

  it('are reported if the limit of the account is exceeded but not the limit of the entered name', async () => {
    const user = await createPasswordUser(app.api);
    for (let failures = 0; failures < 5; failures += 1) await guess(user.username);
    await guess(user.email);
    expect(await queued()).toContainEqual({ recipient: user.email });
  });

  it('are reported for codes too', async () => {
    const flow = await createProofFlow(app.api, port);
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email });
    await proofMail(sink, email);
    const limits = app.nest.get(GuessLimits);
    const of = { what: 'code', browser: undefined, typed: email, account: email } as const;
    for (let failures = 0; failures < 20; failures += 1) {
      await limits.count({ ...of, clientIp: `192.0.2.${failures}` });
    }
    await visitor.answer(flow.slug, { component: 'ak-stage-email', code: '000000' });
    expect(await queued()).toContainEqual({ recipient: email });
  });

  it('are counted but not reported for unknown, inactive, unconfirmed and service accounts', async () => {
    const before = (await queued()).length;
    const inactive = await createPasswordUser(app.api, { is_active: false });
    const waiting = await createPasswordUser(app.api, { is_active: false });
    await app.dataSource.query('update "user" set awaits_confirmation = true where id = $1', [waiting.pk]);
    const program = await createPasswordUser(app.api, { type: 'service_account' });
    const names = [`${randomUUID()}@example.org`, inactive.email, waiting.email, program.email];
    for (const [index, name] of names.entries()) {
      for (let failures = 0; failures < 7; failures += 1) await guess(name);
      expect(await counted()).toBe(index + 1);
    }
    expect(await queued()).toHaveLength(before);
    const links = await app.dataSource.query(`select 1 from "not_me_link" where user_id is null`);
    expect(links).toEqual([]);
  });
});
