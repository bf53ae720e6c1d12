import { afterEach, expect, it } from 'vitest';

import { createSendingStage, messageOf } from '../support/mails.js';
import { smtpServers } from '../support/smtp/servers.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const servers = smtpServers();
let app: TestApp | undefined;
afterEach(() => app?.stop());

/** Sends a test mail of a stage with the global settings, and checks them. */
async function trial(settings: Record<string, string>) {
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org', ...settings });
  const stage = await createSendingStage(app, 1, { useGlobalSettings: true });
  const { body: check } = await app.api.post(`/stages/email/${stage}/check/`);
  const { body } = await app.api.post(`/stages/email/${stage}/test/`, { to: 'reader@example.org' });
  await expect
    .poll(async () => (await messageOf(app!, body.message)).state, { timeout: 20_000 })
    .toMatch(/^(sent|capt)/);
  const { body: message } = await app.api.get(`/mail/messages/${body.message}/`);
  return { check, state: message.state, timeline: message.timeline };
}

it('EMAIL_URL names the mail server of the global settings', async () => {
  const server = await servers.scripted({
    answers: { message: '250 2.0.0 Ok: queued as 4B3FJ2' },
  });
  const url = `smtp://ada:correct%20horse@127.0.0.1:${server.port}?require_tls=false`;
  const { check, state, timeline } = await trial({ EMAIL_URL: url });
  expect(check).toMatchObject({ ok: true, verdict: expect.stringContaining('accepts the login') });
  expect({ state, timeline }).toMatchObject({
    state: 'sent',
    timeline: [
      {
        ...{ outcome: 'accepted', provider: 'smtp', provider_message_id: '4B3FJ2', code: 250, reason: '' },
        server: `127.0.0.1:${server.port}`,
      },
    ],
  });
  expect(server.commands()).toContain(`AUTH PLAIN ${Buffer.from('\0ada\0correct horse').toString('base64')}`);
});

it('EMAIL_URL=mailbox:// keeps mails in the local mailbox', async () => {
  const { check, state, timeline } = await trial({ EMAIL_URL: 'mailbox://' });
  expect(check).toMatchObject({ ok: false, verdict: expect.stringContaining('Nothing would be sent') });
  expect({ state, timeline }).toMatchObject({
    state: 'captured',
    timeline: [{ outcome: 'captured', provider: 'mailbox', code: null, server: '', provider_message_id: '' }],
  });
});
