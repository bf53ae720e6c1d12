import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyBlueprints } from '../factories/default-flows.js';
import { createReader } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { SdkBrowser } from '../support/sdk-browser.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let sink: SmtpSink;

beforeAll(async () => {
  sink = new SmtpSink();
  // Only the mail server is configured.
  app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(await sink.listen()) });
  await applyBlueprints(app);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const browser = (flowSlug: string): SdkBrowser => new SdkBrowser(app.url, flowSlug);

const end = { component: 'xak-flow-redirect', to: '/' };
const newPassword = { password: 'a new secret', password_repeat: 'a new secret' };

describe('A fresh installation', () => {
  it('recovers accounts, with authentik’s SDK', async () => {
    const { email, username } = await createReader(app.api);
    const asking = browser('default-recovery-flow');
    expect(await asking.answer({ component: 'ak-stage-identification', uidField: email })).toMatchObject({
      component: 'ak-stage-email',
    });
    const { query } = await proofMail(sink, email);
    const other = browser('default-recovery-flow');
    expect(await other.confirm(query)).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await other.answer({ component: 'ak-stage-prompt', ...newPassword }, query)).toMatchObject(end);
    expect(await other.whoAmI()).toBe(username);
    const signIn = browser('default-authentication-flow');
    expect(
      await signIn.answer({ component: 'ak-stage-identification', uidField: email, ...newPassword }),
    ).toMatchObject(end);
    expect(await signIn.whoAmI()).toBe(username);
  });

  it('enrolls users, with authentik’s SDK', async () => {
    const [username, email] = ['newcomer', 'newcomer@example.org'];
    const asking = browser('default-enrollment-flow');
    const { fields } = (await asking.see()) as { fields: { fieldKey: string }[] };
    const known: Record<string, string> = { username, email, name: 'New Comer', ...newPassword };
    const answers = Object.fromEntries(fields.map(({ fieldKey }) => [fieldKey, known[fieldKey]]));
    expect(await asking.answer({ component: 'ak-stage-prompt', ...answers })).toMatchObject({
      component: 'ak-stage-email',
    });
    const { query } = await proofMail(sink, email);
    const other = browser('default-enrollment-flow');
    expect(await other.confirm(query)).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await other.answer({ component: 'ak-stage-prompt', ...newPassword }, query)).toMatchObject(end);
    expect(await other.whoAmI()).toBe(username);
    const { body } = await app.api.get(`/core/users/?username=${username}`);
    expect(body.results).toMatchObject([{ email, name: 'New Comer', is_active: true }]);
  });

  it('creates recovery links, with which users set a new password', async () => {
    const { pk, username } = await createReader(app.api);
    const { link } = (await app.api.post(`/core/users/${pk}/recovery/`)).body;
    const visitor = browser('default-recovery-flow');
    const query = new URL(link).search.slice(1);
    expect(await visitor.confirm(query)).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await visitor.answer({ component: 'ak-stage-prompt', ...newPassword }, query)).toMatchObject(end);
    expect(await visitor.whoAmI()).toBe(username);
  });
});
