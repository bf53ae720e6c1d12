import { readFile } from 'node:fs/promises';

import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createEnrollmentFlow } from '../factories/account-flows.js';
import { proofMail } from '../support/proof-mail.js';
import { SdkBrowser } from '../support/sdk-browser.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  const mailServer = { EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(port) };
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org', ...mailServer });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const browser = (flowSlug: string): SdkBrowser => new SdkBrowser(app.url, flowSlug);

async function userNamed(username: string): Promise<User> {
  return app.dataSource.manager.findOneByOrFail(User, { username });
}

describe('A visitor who signs up with authentik’s SDK', () => {
  it('has an inactive account until the address is confirmed and a password is chosen', async () => {
    const slug = await createEnrollmentFlow(app.api, { port });
    const [username, email] = ['newcomer', 'newcomer@example.org'];
    const visitor = browser(slug);
    const first = { component: 'ak-stage-prompt', username, password: 'a new secret', password_repeat: 'a new secret' };
    expect(await visitor.answer(first)).toMatchObject({ component: 'ak-stage-prompt' });
    const second = { component: 'ak-stage-prompt', name: 'New Comer', email };
    expect(await visitor.answer(second)).toMatchObject({ component: 'ak-stage-email' });
    expect(await userNamed(username)).toMatchObject({ isActive: false, awaitsConfirmation: true });

    const mail = await proofMail(sink, email);
    const other = browser(slug);
    for (const _ of [1, 2, 3]) await other.see(mail.query);
    expect(await userNamed(username)).toMatchObject({ isActive: false });
    const { token } = (await other.see(mail.query)) as { token: string };
    const answer = { component: 'ak-stage-consent', token };
    expect(await other.answer(answer, mail.query)).toMatchObject({ component: 'ak-stage-prompt' });
    const chosen = {
      component: 'ak-stage-prompt',
      password: 'chosen by the owner',
      password_repeat: 'chosen by the owner',
    };
    expect(await other.answer(chosen, mail.query)).toMatchObject({ component: 'xak-flow-redirect', to: '/' });

    const { passwordHash, ...user } = await userNamed(username);
    expect(user).toMatchObject({ isActive: true, awaitsConfirmation: false, email, name: 'New Comer' });
    expect(await verify(passwordHash, 'chosen by the owner')).toBe(true);
  });

  it('gets a confirmation mail without any text from the visitor', async () => {
    // The template that greets by name.
    const slug = await createEnrollmentFlow(app.api, { port, template: 'email/password_reset.html' });
    const [advert, email] = ['WIN $1000 at http://evil.example', 'stranger@example.org'];
    const visitor = browser(slug);
    await visitor.answer({
      component: 'ak-stage-prompt',
      username: advert,
      password: 'a new secret',
      password_repeat: 'a new secret',
    });
    await visitor.answer({ component: 'ak-stage-prompt', name: advert, email });
    const { to, subject, text, html } = await proofMail(sink, email);
    expect(to).toBe(email);
    expect(text).toContain('Welcome to email-stage!');
    for (const part of [subject, text, html]) expect(part).not.toMatch(/WIN|evil/);
  });

  it('completes a flow imported from an authentik file', async () => {
    const file = await readFile(new URL('../blueprints/enrollment-with-email-verification.yaml', import.meta.url));
    const form = new FormData();
    form.set('file', new Blob([file]), 'enrollment.yaml');
    const { body } = await app.api.post('/flows/instances/import/', undefined, { raw: form });
    expect(body).toMatchObject({ success: true });
    const [username, email] = ['from-a-file', 'from-a-file@example.org'];
    const visitor = browser('default-enrollment-flow');
    const first = { component: 'ak-stage-prompt', username, password: 'a new secret', password_repeat: 'a new secret' };
    await visitor.answer(first);
    const second = { component: 'ak-stage-prompt', name: 'From a file', email };
    expect(await visitor.answer(second)).toMatchObject({ component: 'ak-stage-email' });
    const mail = await proofMail(sink, email);
    const { token } = (await visitor.see(mail.query)) as { token: string };
    const answer = { component: 'ak-stage-consent', token };
    expect(await visitor.answer(answer, mail.query)).toMatchObject({ component: 'xak-flow-redirect', to: '/' });
    expect(await userNamed(username)).toMatchObject({ isActive: true, name: 'From a file', email });
  });

  it('leaves no password, link secret or code in plain text in the database', async () => {
    const slug = await createEnrollmentFlow(app.api, { port });
    const [username, email, secret] = ['secretive', 'secretive@example.org', 'correct-horse-battery-staple'];
    const visitor = browser(slug);
    await visitor.answer({ component: 'ak-stage-prompt', username, password: secret, password_repeat: secret });
    await visitor.answer({ component: 'ak-stage-prompt', name: 'Secretive', email });
    const mail = await proofMail(sink, email);
    const { token } = (await visitor.see(mail.query)) as { token: string };
    const found = async (): Promise<string[]> => {
      const tables = await app.dataSource.query(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
          where schemaname in ('public', 'graphile_worker')`,
      );
      const holding = [];
      for (const { name } of tables) {
        for (const text of [secret, mail.token, `"${mail.code}"`]) {
          const rows = await app.dataSource.query(`select from ${name} t where t::text like '%' || $1 || '%' limit 1`, [
            text,
          ]);
          if (rows.length > 0) holding.push(name);
        }
      }
      return holding;
    };
    expect(await found()).toEqual([]);
    await visitor.answer({ component: 'ak-stage-consent', token }, mail.query);
    expect(await found()).toEqual([]);
  });
});
