import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { apiKey, providerApis } from '../support/mail-provider-apis.js';
import { MailProviderServer } from '../support/mail-provider-server.js';
import { enqueue, mailFrom, messageOf } from '../support/mails.js';
import { type Answer, hangUp, ScriptedServer } from '../support/smtp/scripted-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** The first transport is a mail server, the second one a provider. */
let app: TestApp;
let first: ScriptedServer;
let firstPort: number;
let resend: string;
const second = new MailProviderServer(providerApis['resend']?.api ?? (() => 'closed'));

/** Replies of the first server that differ from the usual ones. */
let recipientReply: Answer | undefined;
let messageReply: Answer | undefined;

async function startFirst(port = 0): Promise<void> {
  first = await ScriptedServer.start({ answers: { RCPT: () => recipientReply, message: () => messageReply } }, port);
}

beforeAll(async () => {
  await startFirst();
  firstPort = first.port;
  resend = `resend://${encodeURIComponent(apiKey)}@${await second.listen()}`;
  app = await startTestApp({ EMAIL_URL: `failover(smtp://127.0.0.1:${firstPort} ${resend})` });
});
beforeEach(async () => {
  [recipientReply, messageReply] = [undefined, undefined];
  second.calls.length = 0;
  // Closes the circuit of the first server.
  expect(await attemptsOf(await send('sent'))).toMatchObject([{ provider: 'smtp' }]);
});
afterAll(async () => {
  await app.stop();
  await first.stop();
  second.close();
});

/** Sends a mail of the global settings, and waits for its state. @returns its key */
async function send(state: string): Promise<string> {
  const [pk = ''] = await enqueue(app, mailFrom(null, 'reader@example.org'));
  await settled(pk, state);
  return pk;
}

async function settled(pk: string, state: string): Promise<void> {
  await expect.poll(async () => (await messageOf(app, pk)).state, { timeout: 20_000 }).toBe(state);
}

async function attemptsOf(pk: string): Promise<object[]> {
  return (await messageOf(app, pk)).deliveryAttempts ?? [];
}

it('A mail goes to the next transport in the same attempt while the first one is unreachable', async () => {
  await first.stop();
  const pk = await send('sent');
  expect(await attemptsOf(pk)).toMatchObject([
    { number: 1, outcome: 'accepted', provider: 'http/resend', providerMessageId: expect.stringMatching(/^49a3/) },
  ]);
  await startFirst(firstPort);
});

it('A refused mail stays refused: no other transport gets it', async () => {
  recipientReply = '550 5.1.1 no such mailbox';
  expect(await attemptsOf(await send('failed'))).toMatchObject([{ outcome: 'refused', provider: 'smtp', code: 550 }]);
  expect(second.calls).toEqual([]);
});

it('A mail that the first server may have is retried later, and goes to no other transport in that attempt', async () => {
  messageReply = hangUp;
  const pk = await send('retrying');
  expect(await attemptsOf(pk)).toMatchObject([
    { outcome: 'deferred', provider: 'smtp', reason: expect.stringContaining('It may have accepted the mail anyway.') },
  ]);
  expect((await messageOf(app, pk)).nextAttempt?.getTime()).toBeGreaterThan(Date.now() + 5000);
  expect(second.calls).toEqual([]);

  messageReply = undefined;
  await app.api.post(`/mail/messages/${pk}/requeue/`, {});
  await settled(pk, 'sent');
  expect(await attemptsOf(pk)).toMatchObject([{}, { number: 2, outcome: 'accepted', provider: 'smtp' }]);
});

it('A mail that no transport takes is retried, with the reasons of all of them', async () => {
  await first.stop();
  second.handle = () => ({ status: 503 });
  const pk = await send('retrying');
  expect(await attemptsOf(pk)).toMatchObject([
    {
      outcome: 'deferred',
      provider: 'http/resend',
      code: 503,
      reason: expect.stringMatching(/ECONNREFUSED|refuse.*503/s),
    },
  ]);
  second.handle = providerApis['resend']?.api ?? second.handle;
  await startFirst(firstPort);
});

it('A check asks every transport, and is ok if one of them accepts mails', async () => {
  await first.stop();
  const { pk } = await createEmailStage(app.api, { use_global_settings: true });
  const { body } = await app.api.post(`/stages/email/${pk}/check/`, {});
  expect(body).toMatchObject({ ok: true, verdict: expect.stringMatching(/^1\. .*2\. .* accepts the API key\.$/) });
  expect(JSON.stringify(body)).not.toContain(apiKey);
  await startFirst(firstPort);
});

// Last: the circuit closed in the future.
it('A mail goes past a transport whose circuit is open, and to the first one again when it has recovered', async () => {
  await first.stop();
  for (let count = 0; count < 3; count += 1) await send('sent');
  await startFirst(firstPort);
  expect(await attemptsOf(await send('sent'))).toMatchObject([{ provider: 'http/resend' }]);
  expect(first.connections).toBe(0);

  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 16_000);
  expect(await attemptsOf(await send('sent'))).toMatchObject([{ provider: 'smtp', outcome: 'accepted' }]);
  clock.mockRestore();
});

it('A transport whose server of tokens does not answer hands over, as one that does not answer itself', async () => {
  const oauth = 'oauth=other&client_id=a&client_secret=b&token_url=http://127.0.0.1:1/&require_tls=false';
  const graph = `graph://id:secret@tenant.example?token_url=http://127.0.0.1:1/&endpoint=http://127.0.0.1:${firstPort}`;
  const urls = [`smtp://a%40b.example@127.0.0.1:${firstPort}?${oauth}`, graph, resend];
  const other = await startTestApp({ EMAIL_URL: `failover(${urls.join(' ')})` });
  const [pk = ''] = await enqueue(other, mailFrom(null, 'reader@example.org'));
  await expect.poll(async () => (await messageOf(other, pk)).state, { timeout: 20_000 }).toBe('sent');
  expect((await messageOf(other, pk)).deliveryAttempts).toMatchObject([{ number: 1, provider: 'http/resend' }]);
  await other.stop();
});
