import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createRecoveryFlow } from '../factories/account-flows.js';
import { createFurtherAddress, proveAddress } from '../factories/further-address.js';
import { createReader } from '../factories/proof-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { type QueuedMail, queuedMails } from '../support/queued-mails.js';
import { SdkBrowser } from '../support/sdk-browser.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const browser = (flowSlug: string): SdkBrowser => new SdkBrowser(app.url, flowSlug);

const newPassword = { component: 'ak-stage-prompt', password: 'a new secret', password_repeat: 'a new secret' };

async function userNamed(username: string): Promise<User> {
  return app.dataSource.manager.findOneByOrFail(User, { username });
}

async function actions(): Promise<string[]> {
  const { body } = await app.api.get('/events/events/?ordering=created&page_size=100');
  return body.results.map(({ action }: { action: string }) => action);
}

describe('A password recovery with authentik’s SDK', () => {
  it('sets a new password in another browser than the first one, and signs in there', async () => {
    const slug = await createRecoveryFlow(app.api, { port });
    const { email, username } = await createReader(app.api);
    const before = await userNamed(username);
    const asking = browser(slug);
    expect(await asking.see()).toMatchObject({ component: 'ak-stage-identification', primaryAction: 'Continue' });
    const asked = await asking.answer({ component: 'ak-stage-identification', uidField: email });
    expect(asked).toMatchObject({ component: 'ak-stage-email' });

    const { query } = await proofMail(sink, email);
    const other = browser(slug);
    const button = await other.see(query);
    expect(button).toMatchObject({ component: 'ak-stage-consent', pendingUser: username });
    const { token } = button as { token: string };
    const form = await other.answer({ component: 'ak-stage-consent', token }, query);
    expect(form).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await other.answer(newPassword, query)).toMatchObject({ component: 'xak-flow-redirect', to: '/' });

    const { passwordHash, ...after } = await userNamed(username);
    expect(await verify(passwordHash, 'a new secret')).toBe(true);
    expect(after).toMatchObject({ email: before.email, name: before.name, isActive: true });
    expect(await asking.see()).toMatchObject({ component: 'ak-stage-email', responseErrors: expect.anything() });
    expect(await actions()).toEqual(expect.arrayContaining(['email_sent', 'user_write', 'login']));
  });

  it('returns authentik’s exact response when the mail is resent', async () => {
    const slug = await createRecoveryFlow(app.api, { port });
    const { email } = await createReader(app.api);
    const asking = browser(slug);
    await asking.answer({ component: 'ak-stage-identification', uidField: email });
    expect(await asking.answer({ component: 'ak-stage-email' })).toMatchObject({
      component: 'ak-stage-email',
      responseErrors: { non_field_errors: [{ string: 'email-sent', code: 'email-sent' }] },
    });
  });
});

describe('A proved further address', () => {
  it('recovers the account in place of an unproved primary address, which the page does not reveal', async () => {
    const slug = await createRecoveryFlow(app.api, { port, recovery_max_attempts: 1000 });
    const { pk, username, email: proved } = await createReader(app.api);
    await proveAddress(app, pk, proved);
    const unproved = await createFurtherAddress(app, pk);
    await app.api.post(`/core/users/${pk}/addresses/make_primary/`, { address: unproved });
    const linksTo = async (address: string): Promise<QueuedMail[]> =>
      (await queuedMails(app, address)).filter(({ path }) => path === `/if/flow/${slug}/`);
    for (const [number, typed] of [username, unproved].entries()) {
      const page = new PageBrowser(app.url);
      await page.open(`/if/flow/${slug}/`);
      const { html } = await page.submit({ uid_field: typed });
      expect(html).toContain('Check your inbox');
      expect(html).toContain(typed);
      for (const other of [proved, unproved]) if (other !== typed) expect(html).not.toContain(other);
      expect(await linksTo(proved)).toHaveLength(number + 1);
      expect(await linksTo(unproved)).toEqual([]);
    }
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: username });
    const { code } = (await linksTo(proved)).at(-1)!;
    expect(await visitor.answer(slug, { component: 'ak-stage-email', code })).toMatchObject({
      component: 'ak-stage-prompt',
    });
  });
});
