import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { apiKey, providerApis } from '../support/mail-provider-apis.js';
import { MailProviderServer } from '../support/mail-provider-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let host: string;
const server = new MailProviderServer(providerApis['resend']?.api ?? (() => 'closed'));
beforeAll(async () => {
  host = await server.listen();
  app = await startTestApp({ EMAIL_URL: `resend://${encodeURIComponent(apiKey)}@${host}` });
});
afterAll(async () => {
  await app.stop();
  server.close();
});

it('A mail of the global settings goes to the provider of EMAIL_URL, and its attempt has the identifier there', async () => {
  const { pk } = await createEmailStage(app.api, { use_global_settings: true });
  const { body } = await app.api.post(`/stages/email/${pk}/test/`, { to: `${randomUUID()}@example.com` });
  const message = await vi.waitUntil(async () => {
    const found = await app.api.get(`/mail/messages/${body.message}/`);
    return found.body.state === 'sent' && found.body;
  }, 20_000);
  expect(message.timeline).toEqual([
    expect.objectContaining({
      outcome: 'accepted',
      provider: 'http/resend',
      provider_message_id: '49a3999c-0ce1-4ea6-ab68-afcd6dc2e794',
      code: 200,
      server: host,
    }),
  ]);
  expect(server.calls[0]?.headers['idempotency-key']).toBe(body.message);
});

it('The check of a stage asks the provider', async () => {
  const { pk } = await createEmailStage(app.api, { use_global_settings: true });
  const { body } = await app.api.post(`/stages/email/${pk}/check/`, {});
  expect(body).toMatchObject({ ok: true, verdict: `${host} accepts the API key.` });
  expect(JSON.stringify(body)).not.toContain(apiKey);
});
