import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { apiKey, providerApis } from '../support/mail-provider-apis.js';
import { MailProviderServer } from '../support/mail-provider-server.js';
import { messageOf } from '../support/mails.js';
import { startHttpProxy, startSocksProxy, type TestProxy } from '../support/proxies.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const sink = new SmtpSink();
const provider = new MailProviderServer(providerApis['resend']?.api ?? (() => 'closed'));
let port: number;
let host: string;
beforeAll(async () => {
  [port, host] = [await sink.listen(), await provider.listen()];
});
afterAll(async () => {
  await sink.close();
  provider.close();
});

describe.each([
  ['SOCKS5', startSocksProxy],
  ['HTTP CONNECT', startHttpProxy],
])('With EMAIL_PROXY, over %s', (_, startProxy) => {
  let app: TestApp;
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy();
    app = await startTestApp({ EMAIL_PROXY: proxy.url, WEBHOOK_ALLOW: '127.0.0.0/8' });
  });
  afterAll(async () => {
    await app.stop();
    await proxy.stop();
  });

  /** Sends a test mail of a stage. @returns its last attempt */
  async function attemptOf(stage: string, to = `${randomUUID()}@example.com`): Promise<unknown> {
    const { body } = await app.api.post(`/stages/email/${stage}/test/`, { to });
    const attempts = async (): Promise<unknown> => (await messageOf(app, body.message)).deliveryAttempts?.[0]?.outcome;
    await expect.poll(attempts, { timeout: 20_000 }).toEqual(expect.any(String));
    return (await messageOf(app, body.message)).deliveryAttempts?.[0];
  }

  it('mails reach a server whose name only the proxy knows', async () => {
    const { pk } = await createEmailStage(app.api, { host: 'mail.test', port });
    const to = `${randomUUID()}@example.com`;
    expect(await attemptOf(pk, to)).toMatchObject({ outcome: 'accepted', server: `mail.test:${port}` });
    expect(sink.mails.some((mail) => mail.to === to)).toBe(true);
    expect(proxy.destinations).toContain(`mail.test:${port}`);
    const { body } = await app.api.post(`/stages/email/${pk}/check/`, {});
    expect(body.ok).toBe(true);
    expect(body.steps[0]).toMatchObject({ name: 'connect', detail: `mail.test:${port} through EMAIL_PROXY` });
  });

  it('requests to providers go through it', async () => {
    const url = `resend://${encodeURIComponent(apiKey)}@${host}`;
    const { body } = await app.api.post('/mail/transports/', { name: randomUUID(), url });
    const { pk } = await createEmailStage(app.api, { transport: body.pk });
    proxy.destinations.length = 0;
    expect(await attemptOf(pk)).toMatchObject({ outcome: 'accepted', provider: 'http/resend' });
    expect(proxy.destinations).toEqual([host]);
  });

  it('says what is wrong when the proxy does not reach the server, and the mail waits', async () => {
    const { pk } = await createEmailStage(app.api, { host: '127.0.0.1', port: 1 });
    expect(await attemptOf(pk)).toMatchObject({
      outcome: 'deferred',
      reason: expect.stringMatching(
        /^127\.0\.0\.1:1 is not reached\. The proxy says: .+\. Check EMAIL_PROXY, host and port\.$/,
      ),
    });
    const transport = await app.api.post('/mail/transports/', { name: randomUUID(), url: 'resend://key@127.0.0.1:1' });
    const { body } = await app.api.post(`/mail/transports/${transport.body.pk}/check/`, {});
    expect(body.verdict).toMatch(/^The request to 127\.0\.0\.1:1 failed: The proxy says: .+\.$/);
  });

  it('no password is sent without TLS, although the proxy is on this machine', async () => {
    const { pk } = await createEmailStage(app.api, { host: 'mail.test', port, username: 'books', password: 'secret' });
    expect(await attemptOf(pk)).toMatchObject({
      outcome: 'deferred',
      reason: expect.stringContaining('has no TLS, so the password was not sent.'),
    });
  });
});

it('A proxy that refuses the password is reported, without the password', async () => {
  for (const start of [startSocksProxy, startHttpProxy]) {
    const proxy = await start();
    const app = await startTestApp({ EMAIL_PROXY: proxy.url.replace('secret', 'wrong-4711') });
    const { pk } = await createEmailStage(app.api, { host: 'mail.test', port });
    const { body } = await app.api.post(`/stages/email/${pk}/check/`, {});
    expect(body.verdict).toMatch(/The proxy says: (.*[Aa]uthentication|Invalid response from proxy: 407)/);
    expect(JSON.stringify(body)).not.toContain('wrong-4711');
    expect(proxy.destinations).toEqual([]);
    await app.stop();
    await proxy.stop();
  }
});
