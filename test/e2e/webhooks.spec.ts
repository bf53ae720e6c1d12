import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { isSignedWith, WebhookReceiver } from '../support/webhook-receiver.js';
import { Webhooks } from '../support/webhooks.js';

let app: TestApp;
let base: string;
let hooks: Webhooks;
const receiver = new WebhookReceiver();

beforeAll(async () => {
  base = await receiver.listen();
  app = await startTestApp({ WEBHOOK_ALLOW: '127.0.0.1', WEBHOOK_RETENTION: '1' });
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

describe('An endpoint', () => {
  it('shows its secret when it is created, and never again', async () => {
    const { secret, ...endpoint } = await hooks.createEndpoint();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint).toMatchObject({ enabled: true, event_types: [], description: '', failing_since: null });
    expect((await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body).toEqual({ ...endpoint, secret: null });
    const [row] = await app.dataSource.query(`select * from "webhook_endpoint" where endpoint_uuid = $1`, [
      endpoint.pk,
    ]);
    expect(row.secret).toMatch(/^v1\./);
    expect(JSON.stringify(row)).not.toContain(secret);
  });

  it('is refused with every error at once', async () => {
    const { name } = await hooks.createEndpoint();
    const request = { name, url: 'ftp://example.org', event_types: ['user.*', 'nothing', ''] };
    expect(await app.api.post('/webhooks/endpoints/', request)).toMatchObject({
      status: 400,
      body: {
        name: ['webhook endpoint with this name already exists.'],
        url: ['Enter a URL that starts with https:// or http://.'],
        event_types: { 1: ['There is no type of events "nothing".'], 2: ['This field may not be blank.'] },
      },
    });
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://[::ffff:10.0.0.1]/',
    'http://2130706434/',
    'https://[fd00:ec2::254]/',
  ])('cannot have the URL %s of a private address', async (url) => {
    const { status, body } = await app.api.post('/webhooks/endpoints/', { name: randomUUID(), url });
    expect([status, body]).toEqual([
      400,
      { url: [expect.stringMatching(/^\S+ has no address that is public or in WEBHOOK_ALLOW\.$/)] },
    ]);
  });

  it.each([
    ['https://user:secret@example.org/', 'The URL must not contain a user name or a password.'],
    ['https://example.org/#a', 'The URL must not contain a fragment.'],
    ['https://example.org/a b', 'Enter a URL that starts with https:// or http://.'],
    ['//example.org/', 'Enter a URL that starts with https:// or http://.'],
  ])('cannot have the URL %j', async (url, message) => {
    const { status, body } = await app.api.post('/webhooks/endpoints/', { name: randomUUID(), url });
    expect([status, body]).toEqual([400, { url: [message] }]);
  });

  it('is found by search and filters', async () => {
    const endpoint = await hooks.createEndpoint({ description: 'Creates library cards' });
    const names = async (query: string): Promise<string[]> =>
      (await app.api.get(`/webhooks/endpoints/?${query}`)).body.results.map(({ name }: { name: string }) => name);
    for (const query of [
      `search=${endpoint.name}`,
      `name=${endpoint.name}`,
      `url=${encodeURIComponent(endpoint.url)}`,
    ]) {
      expect(await names(query), query).toEqual([endpoint.name]);
    }
    expect(await names('failing=true')).toEqual([]);
    expect(await names('enabled=true')).toContain(endpoint.name);
  });
});

describe('A delivery', () => {
  it('is a signed message of Standard Webhooks with the event', async () => {
    const endpoint = await hooks.createEndpoint({ event_types: ['user.created'] });
    const user = await createUser(app.api, { name: 'Zoë' });
    await expect
      .poll(() => hooks.deliveriesOf(endpoint))
      .toMatchObject([{ state: 'delivered', attempts: 1, next_attempt: null }]);
    const [delivery] = await hooks.deliveriesOf(endpoint);
    const [webhook, ...more] = hooks.receivedBy(endpoint);
    expect(more).toEqual([]);
    expect(webhook).toMatchObject({
      headers: { 'webhook-id': delivery?.event, 'content-type': 'application/json' },
      event: {
        id: delivery?.event,
        type: 'user.created',
        subject: `user/${user.pk}`,
        sequence: delivery?.sequence,
        timestamp: delivery?.created,
        data: { user: { pk: user.pk, username: user.username, name: 'Zoë', is_active: true } },
      },
    });
    expect(webhook !== undefined && isSignedWith(endpoint.secret, webhook)).toBe(true);
  });

  it('is repeated with the same id until the receiver takes it, and its attempts are shown', async () => {
    const endpoint = await hooks.createEndpoint();
    const answers = [
      { status: 500, body: `\0${'é'.repeat(5000)}` },
      { status: 302, body: 'elsewhere' },
    ];
    receiver.answer = (response) => {
      const { status, body } = answers.shift() ?? { status: 204, body: '' };
      response.writeHead(status, { location: `${base}/elsewhere` }).end(body);
    };
    const { pk, event } = await hooks.test(endpoint);
    await hooks.reaches(pk, { state: 'pending', attempts: 1 });
    expect((await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body.failing_since).not.toBeNull();
    await hooks.hurry();
    await hooks.reaches(pk, { state: 'pending', attempts: 2 });
    await hooks.hurry();
    const { timeline } = await hooks.reaches(pk, { state: 'delivered', attempts: 3 });
    expect(timeline.map(({ number, status, error }) => [number, status, error])).toEqual([
      [1, 500, ''],
      [2, 302, ''],
      [3, 204, ''],
    ]);
    expect(timeline[0]?.answer).toBe(`\uFFFD${'é'.repeat(2047)}\uFFFD`);
    expect(hooks.receivedBy(endpoint).map(({ headers }) => headers['webhook-id'])).toEqual([event, event, event]);
    expect((await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body.failing_since).toBeNull();
  });

  it('waits for a receiver that is away', async () => {
    const away = new WebhookReceiver();
    const url = await away.listen();
    away.close();
    const { pk } = await hooks.test(await hooks.createEndpoint({ url }));
    const { timeline } = await hooks.reaches(pk, { state: 'pending', attempts: 1 });
    expect(timeline).toMatchObject([{ status: null, error: expect.stringContaining('ECONNREFUSED'), answer: '' }]);
  });

  it('is not held up by another receiver that does not answer', async () => {
    const [slow, fast] = [await hooks.createEndpoint(), await hooks.createEndpoint()];
    receiver.answer = (response, { path }) => {
      if (path === `/${fast.name}`) response.end();
    };
    const [waiting, delivery] = [await hooks.test(slow), await hooks.test(fast)];
    await hooks.reaches(delivery.pk, { state: 'delivered' });
    expect((await app.api.get(`/webhooks/deliveries/${waiting.pk}/`)).body.state).toBe('pending');
  });

  it('does not reach a private address, although the stored URL has it', async () => {
    const endpoint = await hooks.createEndpoint();
    // The API refuses this URL.
    await app.dataSource.query(`update "webhook_endpoint" set url = replace(url, '127.0.0.1', '127.0.0.2')`);
    const { pk } = await hooks.test(endpoint);
    const { timeline } = await hooks.reaches(pk, { attempts: 1 });
    expect(timeline).toMatchObject([
      { status: null, error: '127.0.0.2 has no address that is public or in WEBHOOK_ALLOW.' },
    ]);
  });

  it('can be replayed, with the same id', async () => {
    const endpoint = await hooks.createEndpoint();
    const { pk, event } = await hooks.test(endpoint);
    await hooks.reaches(pk, { state: 'delivered' });
    expect((await app.api.post(`/webhooks/deliveries/${pk}/replay/`)).body).toMatchObject({ pk, state: 'pending' });
    await hooks.reaches(pk, { state: 'delivered', attempts: 2 });
    expect(hooks.receivedBy(endpoint).map(({ event: { id } }) => id)).toEqual([event, event]);
  });

  it('fails after a day', async () => {
    const endpoint = await hooks.createEndpoint();
    receiver.answer = (response) => response.writeHead(503).end();
    const { pk } = await hooks.test(endpoint);
    await hooks.reaches(pk, { state: 'pending', attempts: 1 });
    await app.dataSource.query(
      `update "webhook_attempt" set started = now() - interval '24 hours' where delivery_uuid = $1`,
      [pk],
    );
    await hooks.hurry();
    expect(await hooks.reaches(pk, { state: 'failed', attempts: 2 })).toMatchObject({ next_attempt: null });
  });

  it('has its day of attempts also after it has waited for an endpoint that was disabled', async () => {
    const endpoint = await hooks.createEndpoint();
    receiver.answer = (response) => response.writeHead(503).end();
    await app.api.patch(`/webhooks/endpoints/${endpoint.pk}/`, { enabled: true });
    const { pk } = await hooks.test(endpoint);
    await app.dataSource.query(
      `update "webhook_delivery" set created = now() - interval '2 days' where delivery_uuid = $1`,
      [pk],
    );
    await hooks.reaches(pk, { state: 'pending', attempts: 1 });
    await hooks.hurry();
    await hooks.reaches(pk, { state: 'pending', attempts: 2 });
  });

  it('waits for an earlier one of its subject', async () => {
    const endpoint = await hooks.createEndpoint({ event_types: ['webhook.test'] });
    const taken: (() => void)[] = [];
    const test = (): { endpoint: string } => ({ endpoint: randomUUID() });
    const sent = [test(), test()];
    receiver.answer = (response) => void taken.push(() => response.end());
    await app.dataSource.transaction(async (manager) => {
      for (const [subject, data] of [...sent.map((test) => ['endpoint/one', test]), ['endpoint/other', test()]]) {
        await manager.query(`select "emit_event"('webhook.test', $1, $2)`, [subject, data]);
      }
    });
    await vi.waitFor(() => expect(hooks.receivedBy(endpoint)).toHaveLength(2), { timeout: 15_000 });
    const subjects = hooks.receivedBy(endpoint).map(({ event }) => event['subject']);
    expect(subjects.sort()).toEqual(['endpoint/one', 'endpoint/other']);
    while (taken.length > 0) taken.pop()?.();
    await vi.waitFor(() => expect(hooks.receivedBy(endpoint)).toHaveLength(3), { timeout: 15_000 });
    while (taken.length > 0) taken.pop()?.();
    const ofOne = hooks.receivedBy(endpoint).filter(({ event }) => event.subject === 'endpoint/one');
    expect(ofOne.map(({ event }) => event.data)).toEqual(sent);
  });

  it('is deleted with its endpoint', async () => {
    const endpoint = await hooks.createEndpoint();
    const { pk } = await hooks.test(endpoint);
    await hooks.reaches(pk, { state: 'delivered' });
    expect((await app.api.delete(`/webhooks/endpoints/${endpoint.pk}/`)).status).toBe(204);
    expect((await app.api.get(`/webhooks/deliveries/${pk}/`)).status).toBe(404);
  });

  it('is deleted with its event after WEBHOOK_RETENTION', async () => {
    const { pk } = await hooks.test(await hooks.createEndpoint());
    const kept = await hooks.test(await hooks.createEndpoint());
    await hooks.reaches(pk, { state: 'delivered' });
    await app.dataSource.query(
      `update "outgoing_event" set created = now() - interval '25 hours'
        where event_uuid = (select event_uuid from "webhook_delivery" where delivery_uuid = $1)`,
      [pk],
    );
    await app.nest.get(Housekeeping).doEverything();
    expect((await app.api.get(`/webhooks/deliveries/${pk}/`)).status).toBe(404);
    expect((await app.api.get(`/webhooks/deliveries/${kept.pk}/`)).status).toBe(200);
  });
});
