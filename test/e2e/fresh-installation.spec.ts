import {
  type ChallengeTypes,
  Configuration,
  CoreApi,
  type FlowChallengeResponseRequest,
  FlowsApi,
} from '@goauthentik/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fetchWithCookies } from '../contract/sdk.js';
import { applyBlueprints } from '../factories/default-flows.js';
import { createReader } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let sink: SmtpSink;

beforeAll(async () => {
  sink = new SmtpSink();
  // Nothing is set up but where mails go.
  app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(await sink.listen()) });
  await applyBlueprints(app);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

/** A browser of authentik's SDK, in one flow. */
class Browser {
  private readonly configuration = new Configuration({ basePath: `${app.url}/api/v3`, fetchApi: fetchWithCookies() });

  constructor(private readonly flowSlug: string) {}

  see(query = ''): Promise<ChallengeTypes> {
    return new FlowsApi(this.configuration).flowsExecutorGet({ flowSlug: this.flowSlug, query });
  }

  answer(component: string, answer: object, query = ''): Promise<ChallengeTypes> {
    const flowChallengeResponseRequest = { component, ...answer } as FlowChallengeResponseRequest;
    return new FlowsApi(this.configuration).flowsExecutorSolve({
      flowSlug: this.flowSlug,
      query,
      flowChallengeResponseRequest,
    });
  }

  /** Presses the button that a link leads to. */
  async confirm(query: string): Promise<ChallengeTypes> {
    const { token } = (await this.see(query)) as { token: string };
    return this.answer('ak-stage-consent', { token }, query);
  }

  async whoAmI(): Promise<string> {
    return (await new CoreApi(this.configuration).coreUsersMeRetrieve()).user.username;
  }
}

const end = { component: 'xak-flow-redirect', to: '/' };
const newPassword = { password: 'a new secret', password_repeat: 'a new secret' };

describe('A fresh installation', () => {
  it('recovers accounts, with authentik’s SDK', async () => {
    const { email, username } = await createReader(app.api);
    const asking = new Browser('default-recovery-flow');
    expect(await asking.answer('ak-stage-identification', { uidField: email })).toMatchObject({
      component: 'ak-stage-email',
    });
    const { query } = await proofMail(sink, email);
    const other = new Browser('default-recovery-flow');
    expect(await other.confirm(query)).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await other.answer('ak-stage-prompt', newPassword, query)).toMatchObject(end);
    expect(await other.whoAmI()).toBe(username);
    const signIn = new Browser('default-authentication-flow');
    expect(await signIn.answer('ak-stage-identification', { uidField: email, ...newPassword })).toMatchObject(end);
    expect(await signIn.whoAmI()).toBe(username);
  });

  it('lets people sign up, with authentik’s SDK', async () => {
    const [username, email] = ['newcomer', 'newcomer@example.org'];
    const asking = new Browser('default-enrollment-flow');
    const { fields } = (await asking.see()) as { fields: { fieldKey: string }[] };
    const known: Record<string, string> = { username, email, name: 'New Comer', ...newPassword };
    const answers = Object.fromEntries(fields.map(({ fieldKey }) => [fieldKey, known[fieldKey]]));
    expect(await asking.answer('ak-stage-prompt', answers)).toMatchObject({ component: 'ak-stage-email' });
    const { query } = await proofMail(sink, email);
    const other = new Browser('default-enrollment-flow');
    expect(await other.confirm(query)).toMatchObject(end);
    expect(await other.whoAmI()).toBe(username);
    const { body } = await app.api.get(`/core/users/?username=${username}`);
    expect(body.results).toMatchObject([{ email, name: 'New Comer', is_active: true }]);
  });

  it('gives an administrator a link that leads a user to a new password', async () => {
    const { pk, username } = await createReader(app.api);
    const { link } = (await app.api.post(`/core/users/${pk}/recovery/`)).body;
    const browser = new Browser('default-recovery-flow');
    const query = new URL(link).search.slice(1);
    expect(await browser.confirm(query)).toMatchObject({ component: 'ak-stage-prompt' });
    expect(await browser.answer('ak-stage-prompt', newPassword, query)).toMatchObject(end);
    expect(await browser.whoAmI()).toBe(username);
  });
});
