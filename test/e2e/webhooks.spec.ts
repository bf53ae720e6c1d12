import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import type { WebhookDeliveryDetailDto, WebhookDeliveryDto } from '../../src/webhooks/dto/webhook-delivery.dto.js';
import type { WebhookEndpointDto, WebhookEndpointRequestDto } from '../../src/webhooks/dto/webhook-endpoint.dto.js';
import { created } from '../factories/created.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { isSignedWith, type ReceivedWebhook, WebhookReceiver } from '../support/webhook-receiver.js';

let app: TestApp;
let base: string;
const receiver = new WebhookReceiver();

beforeAll(async () => {
  base = await receiver.listen();
  app = await startTestApp({ WEBHOOK_ALLOW: '127.0.0.1', WEBHOOK_RETENTION: '1' });
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

interface Endpoint extends WebhookEndpointDto {
  readonly secret: string;
}

/** Creates an endpoint with a path of its own. */
async function createEndpoint(fields: Partial<WebhookEndpointRequestDto> = {}): Promise<Endpoint> {
  const name = `endpoint-${randomUUID()}`;
  return created(app.api.post('/webhooks/endpoints/', { name, url: `${base}/${name}`, ...fields }));
}

const receivedBy = ({ name }: WebhookEndpointDto): ReceivedWebhook[] =>
  receiver.received.filter(({ path }) => path === `/${name}`);

const deliveriesOf = async ({ pk }: WebhookEndpointDto): Promise<WebhookDeliveryDto[]> =>
  (await app.api.get(`/webhooks/deliveries/?endpoint=${pk}&ordering=sequence`)).body.results;

const test = async ({ pk }: WebhookEndpointDto): Promise<WebhookDeliveryDto> => {
  const { status, body } = await app.api.post(`/webhooks/endpoints/${pk}/test/`);
  expect(status).toBe(200);
  return body;
};

/** Waits until a delivery has a state and a number of attempts. */
const reaches = (pk: string, expected: object): Promise<WebhookDeliveryDetailDto> =>
  vi.waitFor(
    async () => {
      const { body } = await app.api.get(`/webhooks/deliveries/${pk}/`);
      expect(body).toMatchObject(expected);
      return body as WebhookDeliveryDetailDto;
    },
    { timeout: 15_000, interval: 50 },
  );

/** Makes every waiting delivery due, and ends the pauses of endpoints. */
async function hurry(): Promise<void> {
  await app.dataSource.query(`update "webhook_delivery" set next_attempt = now() where state = 'pending'`);
  await app.dataSource.query(`update "webhook_endpoint" set lease_until = null`);
}

describe('An endpoint', () => {
  it('shows its secret when it is created, and never again', async () => {
    const { secret, ...endpoint } = await createEndpoint();
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
    const { name } = await createEndpoint();
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
    const endpoint = await createEndpoint({ description: 'Creates library cards' });
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
    const endpoint = await createEndpoint({ event_types: ['user.created'] });
    const user = await createUser(app.api, { name: 'Zoë' });
    const [delivery] = await vi.waitFor(async () => {
      const deliveries = await deliveriesOf(endpoint);
      expect(deliveries).toMatchObject([{ state: 'delivered', attempts: 1, next_attempt: null }]);
      return deliveries;
    });
    const [webhook, ...more] = receivedBy(endpoint);
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
    const endpoint = await createEndpoint();
    const answers = [
      { status: 500, body: `\0${'é'.repeat(5000)}` },
      { status: 302, body: 'elsewhere' },
    ];
    receiver.answer = (response) => {
      const { status, body } = answers.shift() ?? { status: 204, body: '' };
      response.writeHead(status, { location: `${base}/elsewhere` }).end(body);
    };
    const { pk, event } = await test(endpoint);
    await reaches(pk, { state: 'pending', attempts: 1 });
    expect((await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body.failing_since).not.toBeNull();
    await hurry();
    await reaches(pk, { state: 'pending', attempts: 2 });
    await hurry();
    const { timeline } = await reaches(pk, { state: 'delivered', attempts: 3 });
    expect(timeline.map(({ number, status, error }) => [number, status, error])).toEqual([
      [1, 500, ''],
      [2, 302, ''],
      [3, 204, ''],
    ]);
    expect(timeline[0]?.answer).toBe(`\uFFFD${'é'.repeat(2047)}\uFFFD`);
    expect(receivedBy(endpoint).map(({ headers }) => headers['webhook-id'])).toEqual([event, event, event]);
    expect((await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body.failing_since).toBeNull();
  });

  it('waits for a receiver that is away', async () => {
    const away = new WebhookReceiver();
    const url = await away.listen();
    away.close();
    const { pk } = await test(await createEndpoint({ url }));
    const { timeline } = await reaches(pk, { state: 'pending', attempts: 1 });
    expect(timeline).toMatchObject([{ status: null, error: expect.stringContaining('ECONNREFUSED'), answer: '' }]);
  });

  it('is not held up by another receiver that does not answer', async () => {
    const [slow, fast] = [await createEndpoint(), await createEndpoint()];
    receiver.answer = (response, { path }) => {
      if (path === `/${fast.name}`) response.end();
    };
    const [waiting, delivery] = [await test(slow), await test(fast)];
    await reaches(delivery.pk, { state: 'delivered' });
    expect((await app.api.get(`/webhooks/deliveries/${waiting.pk}/`)).body.state).toBe('pending');
  });

  it('does not reach a private address, although the stored URL has it', async () => {
    const endpoint = await createEndpoint();
    // The API refuses this URL.
    await app.dataSource.query(`update "webhook_endpoint" set url = replace(url, '127.0.0.1', '127.0.0.2')`);
    const { pk } = await test(endpoint);
    const { timeline } = await reaches(pk, { attempts: 1 });
    expect(timeline).toMatchObject([
      { status: null, error: '127.0.0.2 has no address that is public or in WEBHOOK_ALLOW.' },
    ]);
  });

  it('can be replayed, with the same id', async () => {
    const endpoint = await createEndpoint();
    const { pk, event } = await test(endpoint);
    await reaches(pk, { state: 'delivered' });
    expect((await app.api.post(`/webhooks/deliveries/${pk}/replay/`)).body).toMatchObject({ pk, state: 'pending' });
    await reaches(pk, { state: 'delivered', attempts: 2 });
    expect(receivedBy(endpoint).map(({ event: { id } }) => id)).toEqual([event, event]);
  });

  it('fails after a day', async () => {
    const endpoint = await createEndpoint();
    receiver.answer = (response) => response.writeHead(503).end();
    const { pk } = await test(endpoint);
    await reaches(pk, { state: 'pending', attempts: 1 });
    await app.dataSource.query(
      `update "webhook_delivery" set queued = now() - interval '24 hours' where delivery_uuid = $1`,
      [pk],
    );
    await hurry();
    expect(await reaches(pk, { state: 'failed', attempts: 2 })).toMatchObject({ next_attempt: null });
  });

  it('is deleted with its endpoint', async () => {
    const endpoint = await createEndpoint();
    const { pk } = await test(endpoint);
    await reaches(pk, { state: 'delivered' });
    expect((await app.api.delete(`/webhooks/endpoints/${endpoint.pk}/`)).status).toBe(204);
    expect((await app.api.get(`/webhooks/deliveries/${pk}/`)).status).toBe(404);
  });

  it('is deleted with its event after WEBHOOK_RETENTION', async () => {
    const { pk } = await test(await createEndpoint());
    const kept = await test(await createEndpoint());
    await reaches(pk, { state: 'delivered' });
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

describe('A new secret', () => {
  it('signs beside the one before for a day', async () => {
    const endpoint = await createEndpoint();
    const rotated = (await app.api.post(`/webhooks/endpoints/${endpoint.pk}/rotate_secret/`)).body as Endpoint;
    expect(rotated.secret).toMatch(/^whsec_/);
    expect(rotated.secret).not.toBe(endpoint.secret);
    const left = new Date(rotated.previous_secret_until ?? 0).getTime() - Date.now();
    expect(left).toBeGreaterThan(23.9 * 3_600_000);
    const signatures = async (): Promise<boolean[]> => {
      await reaches((await test(endpoint)).pk, { state: 'delivered' });
      const webhook = receivedBy(endpoint).at(-1);
      return [endpoint, rotated].map(({ secret }) => webhook !== undefined && isSignedWith(secret, webhook));
    };
    expect(await signatures()).toEqual([true, true]);
    await app.dataSource.query(`update "webhook_endpoint" set previous_secret_until = now() where endpoint_uuid = $1`, [
      endpoint.pk,
    ]);
    expect(await signatures()).toEqual([false, true]);
  });
});

describe('An endpoint is disabled, with an event in the log,', () => {
  const lastEvent = async (): Promise<unknown> =>
    (await app.api.get('/events/events/?action=configuration_error&ordering=-created')).body.results[0]?.context;

  it('when its receiver answers with 410', async () => {
    const endpoint = await createEndpoint();
    receiver.answer = (response) => response.writeHead(410).end();
    const { pk } = await test(endpoint);
    await reaches(pk, { state: 'failed', attempts: 1 });
    await vi.waitFor(async () => {
      expect((await app.api.get(`/webhooks/endpoints/${endpoint.pk}/`)).body.enabled).toBe(false);
    });
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
    const endpoint = await createEndpoint();
    receiver.answer = (response) => response.writeHead(500).end();
    await app.dataSource.query(
      `update "webhook_endpoint" set failing_since = now() - interval '121 hours' where endpoint_uuid = $1`,
      [endpoint.pk],
    );
    await test(endpoint);
    const path = `/webhooks/endpoints/${endpoint.pk}/`;
    await vi.waitFor(async () => expect((await app.api.get(path)).body.enabled).toBe(false), { timeout: 5000 });
    expect(await lastEvent()).toMatchObject({ message: expect.stringContaining('No delivery was taken for 5 days.') });
    expect((await app.api.patch(path, { enabled: true })).body).toMatchObject({ enabled: true, failing_since: null });
  });
});
