import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { startTestApp, type TestApp } from '../support/test-app.js';
import { isSignedWith, WebhookReceiver } from '../support/webhook-receiver.js';
import { type Endpoint, Webhooks } from '../support/webhooks.js';

let app: TestApp;
let hooks: Webhooks;
const receiver = new WebhookReceiver();

beforeAll(async () => {
  const base = await receiver.listen();
  app = await startTestApp({ WEBHOOK_ALLOW: '127.0.0.1' });
  hooks = new Webhooks(app, receiver, base);
});
afterAll(async () => {
  await app.stop();
  receiver.close();
});
afterEach(async () => {
  receiver.answer = (response) => response.end('taken');
  // Endpoints of other tests take no event.
  await app.dataSource.query(`update "webhook_endpoint" set enabled = false`);
});

describe('A new secret', () => {
  it('signs beside the one before for a day', async () => {
    const endpoint = await hooks.createEndpoint();
    const rotated = (await app.api.post(`/webhooks/endpoints/${endpoint.pk}/rotate_secret/`)).body as Endpoint;
    expect(rotated.secret).toMatch(/^whsec_/);
    expect(rotated.secret).not.toBe(endpoint.secret);
    const left = new Date(rotated.previous_secret_until ?? 0).getTime() - Date.now();
    expect(left).toBeGreaterThan(23.9 * 3_600_000);
    const signatures = async (): Promise<boolean[]> => {
      await hooks.reaches((await hooks.test(endpoint)).pk, { state: 'delivered' });
      const webhook = hooks.receivedBy(endpoint).at(-1);
      return [endpoint, rotated].map(({ secret }) => webhook !== undefined && isSignedWith(secret, webhook));
    };
    expect(await signatures()).toEqual([true, true]);
    await app.dataSource.query(`update "webhook_endpoint" set previous_secret_until = now() where endpoint_uuid = $1`, [
      endpoint.pk,
    ]);
    expect(await signatures()).toEqual([false, true]);
  });
});

describe('An endpoint whose secret was sealed with another SECRET_KEY', () => {
  it('shows that in its deliveries, and signs again after a rotation', async () => {
    const endpoint = await hooks.createEndpoint();
    await app.dataSource.query(`update "webhook_endpoint" set secret = 'broken' where endpoint_uuid = $1`, [
      endpoint.pk,
    ]);
    const { pk } = await hooks.test(endpoint);
    const { timeline } = await hooks.reaches(pk, { state: 'pending', attempts: 1 });
    expect(timeline).toMatchObject([{ status: null, error: expect.stringContaining('another SECRET_KEY') }]);
    const rotated = await app.api.post(`/webhooks/endpoints/${endpoint.pk}/rotate_secret/`);
    expect(rotated.status).toBe(200);
    await hooks.hurry();
    await hooks.reaches(pk, { state: 'delivered' });
    const webhook = hooks.receivedBy(endpoint).at(-1);
    expect(webhook !== undefined && isSignedWith((rotated.body as Endpoint).secret, webhook)).toBe(true);
  });
});

it('An endpoint stays enabled if days without an attempt are between two failures', async () => {
  const endpoint = await hooks.createEndpoint();
  receiver.answer = (response) => response.writeHead(503).end();
  await app.dataSource.query(
    `update "webhook_endpoint" set failing_since = now() - interval '6 days', last_failure = now() - interval '5 days'
      where endpoint_uuid = $1`,
    [endpoint.pk],
  );
  const { pk } = await hooks.test(endpoint);
  await hooks.reaches(pk, { state: 'pending', attempts: 1 });
  await hooks.hurry();
  await hooks.reaches(pk, { state: 'pending', attempts: 2 });
  expect((await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body.enabled).toBe(true);
});

describe('An endpoint is disabled, with an event in the log,', () => {
  const lastEvent = async (): Promise<unknown> =>
    (await app.api.get('/events/events/?action=configuration_error&ordering=-created')).body.results[0]?.context;

  it('when its receiver answers with 410', async () => {
    const endpoint = await hooks.createEndpoint();
    receiver.answer = (response) => response.writeHead(410).end();
    const { pk } = await hooks.test(endpoint);
    await hooks.reaches(pk, { state: 'failed', attempts: 1 });
    await expect.poll(async () => (await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body.enabled).toBe(false);
    expect(await lastEvent()).toEqual({
      message: `The webhook endpoint "${endpoint.name}" was disabled. The receiver answered with status 410.`,
      endpoint: endpoint.pk,
    });
    for (const path of [`/webhooks/endpoints/${endpoint.pk}/test/`, `/webhooks/deliveries/${pk}/replay/`]) {
      expect(await app.api.post(path)).toMatchObject({
        status: 400,
        body: { non_field_errors: ['The endpoint is disabled.'] },
      });
    }
  });

  it('after five days of failure, and has none when it is enabled', async () => {
    const endpoint = await hooks.createEndpoint();
    receiver.answer = (response) => response.writeHead(500).end();
    await app.dataSource.query(
      `update "webhook_endpoint" set failing_since = now() - interval '121 hours', last_failure = now() - interval '4 hours'
        where endpoint_uuid = $1`,
      [endpoint.pk],
    );
    await hooks.test(endpoint);
    const path = `/webhooks/endpoints/${endpoint.pk}/`;
    await vi.waitFor(async () => expect((await app.api.get(path)).body.enabled).toBe(false), { timeout: 5000 });
    expect(await lastEvent()).toMatchObject({ message: expect.stringContaining('No delivery was taken for 5 days.') });
    expect((await app.api.patch(path, { enabled: true })).body).toMatchObject({ enabled: true, failing_since: null });
  });
});
