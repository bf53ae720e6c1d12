import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSendingStage, enqueue, mailFrom, messageOf } from '../support/mails.js';
import { freePort } from '../support/service-process.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

const metricsToken = 'metrics-token-of-the-tests';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ METRICS_TOKEN: metricsToken });
});
afterAll(() => app.stop());

function metricsOf({ url }: TestApp, authorization = `Bearer ${metricsToken}`): Promise<Response> {
  return fetch(`${url}/-/metrics/`, { headers: authorization === '' ? {} : { authorization } });
}

describe('/-/health/', () => {
  it('is live as soon as the process runs', async () => {
    const answer = await fetch(`${app.url}/-/health/live/`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('is ready while the database responds', async () => {
    const answer = await fetch(`${app.url}/-/health/ready/`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'ok', details: { database: { status: 'up' } } });
  });

  it('answers 503 without a database, with only the status of each part', async () => {
    const other = await startTestApp();
    await other.dataSource.destroy();
    const answer = await fetch(`${other.url}/-/health/ready/`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'error',
      details: { database: { status: 'down' }, jobs: { status: 'up' }, mail: { status: 'down' } },
    });
    expect((await fetch(`${other.url}/-/health/live/`)).status).toBe(200);
    await other.dataSource.initialize();
    await other.stop();
  });
});

describe('/-/metrics/', () => {
  it('counts requests by route, without their query', async () => {
    await app.api.get('/stages/email/?search=who%20is%20it');
    const text = await (await metricsOf(app)).text();
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/api/v3/stages/email",status="200"} 1',
    );
    expect(text).toMatch(/database_pool_connections\{state="idle"\} [1-9]/);
    expect(text).toMatch(/^jobs_silence_seconds [0-5](\.\d+)?$/m);
    expect(text).toMatch(/process_resident_memory_bytes \d+/);
    expect(text).not.toContain('who');
  });
});

describe('Access to /-/metrics/', () => {
  const basic = (password: string): string => `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`;

  it('is granted with METRICS_TOKEN as Bearer token or Basic password', async () => {
    for (const authorization of [`Bearer ${metricsToken}`, `bearer ${metricsToken}`, basic(metricsToken)]) {
      expect((await metricsOf(app, authorization)).status).toBe(200);
    }
  });

  it('is refused with 401 for loopback clients without a token, wrong tokens and API tokens', async () => {
    const wrong = ['', 'Bearer ', 'Bearer x', `Bearer ${adminKey}`, basic('x'), basic(''), 'Basic x', metricsToken];
    for (const authorization of wrong) {
      const answer = await metricsOf(app, authorization);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="metrics"']);
      expect(await answer.text()).toBe('Send METRICS_TOKEN as a Bearer token.\n');
    }
  });

  it('is refused by default, and granted to METRICS_NETWORKS by the client address from a trusted proxy', async () => {
    const closed = await startTestApp();
    expect((await metricsOf(closed, `Bearer ${metricsToken}`)).status).toBe(401);
    await closed.stop();
    const untrusted = await startTestApp({ METRICS_NETWORKS: '203.0.113.0/24' });
    const from = async ({ url }: TestApp, ip: string): Promise<number> =>
      (await fetch(`${url}/-/metrics/`, { headers: { 'x-forwarded-for': ip } })).status;
    expect(await from(untrusted, '203.0.113.9')).toBe(401);
    await untrusted.stop();
    const behindProxy = await startTestApp({
      METRICS_NETWORKS: '203.0.113.0/24, 2001:db8::/32',
      TRUST_PROXY: '127.0.0.1',
    });
    for (const ip of ['203.0.113.9', '2001:db8::9']) expect(await from(behindProxy, ip)).toBe(200);
    for (const ip of ['203.0.114.9', '127.0.0.1', '::1']) expect(await from(behindProxy, ip)).toBe(401);
    await behindProxy.stop();
  });
});

describe('Every response', () => {
  it('has a unique request id', async () => {
    const ids = await Promise.all(
      ['/api/v3/stages/email/', '/nowhere', '/-/health/live/'].map(async (path) => {
        return (await fetch(`${app.url}${path}`)).headers.get('x-authentik-id');
      }),
    );
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('ROLE=worker', () => {
  it('serves health checks but no API', async () => {
    const worker = await startTestApp({ METRICS_TOKEN: metricsToken, ROLE: 'worker' });
    const statusOf = async (path: string): Promise<number> => (await fetch(`${worker.url}${path}`)).status;
    expect(await statusOf('/-/health/ready/')).toBe(200);
    expect(await statusOf('/api/v3/stages/email/')).toBe(404);
    expect(await statusOf('/api/v3/docs/')).toBe(404);
    await worker.stop();
  });

  it('exports metrics of mails by state, attempts by outcome, and seconds to acceptance', async () => {
    const worker = await startTestApp({ METRICS_TOKEN: metricsToken, ROLE: 'worker' });
    const sink = new SmtpSink((recipient) => {
      if (recipient.startsWith('nobody')) throw new SmtpRefusal(550, 'No such user here');
      if (recipient.startsWith('later')) throw new SmtpRefusal(451, 'Come back later');
    });
    const stage = await createSendingStage(worker, await sink.listen());
    const names = ['ada', 'grace', 'nobody', 'later'];
    const keys = await enqueue(worker, ...names.map((name) => mailFrom(stage, `${name}@example.org`)));
    const states = async (): Promise<string[]> =>
      (await Promise.all(keys.map((pk) => messageOf(worker, pk)))).map(({ state }) => state);
    await expect.poll(states, { timeout: 20_000 }).toEqual(['sent', 'sent', 'failed', 'retrying']);
    const figures = (await (await metricsOf(worker)).text()).split('\n');
    const counts = { queued: 0, sending: 0, retrying: 1, sent: 2, captured: 0, failed: 1, discarded: 0 };
    for (const [state, count] of Object.entries(counts)) {
      expect(figures).toContain(`mail_messages{state="${state}"} ${count}`);
    }
    for (const [outcome, count] of Object.entries({ accepted: 2, refused: 1, deferred: 1 })) {
      expect(figures).toContain(`mail_attempts_total{outcome="${outcome}"} ${count}`);
    }
    expect(figures).toContain('mail_acceptance_duration_seconds_count 2');
    await sink.close();
    await worker.stop();
  });

  it('is not ready while a mail is overdue by more than MAIL_MAX_AGE, and exports the delay as a metric', async () => {
    const worker = await startTestApp({ METRICS_TOKEN: metricsToken, ROLE: 'worker', MAIL_MAX_AGE: '60' });
    // No server listens there, so the mail waits for its next attempt.
    const stage = await createSendingStage(worker, await freePort());
    const [pk] = await enqueue(worker, mailFrom(stage, 'alice@example.org'));
    await expect.poll(async () => (await messageOf(worker, pk!)).state, { timeout: 20_000 }).toBe('retrying');
    const overdueBy = async (seconds: number): Promise<[number, any, number]> => {
      await worker.dataSource.query(
        `update mail_message set next_attempt = now() - $2 * interval '1 second' where message_uuid = $1`,
        [pk, seconds],
      );
      const answer = await fetch(`${worker.url}/-/health/ready/`);
      const figures = await (await metricsOf(worker)).text();
      const [, oldest] = /^mail_oldest_waiting_seconds (\S+)$/m.exec(figures) ?? [];
      return [answer.status, await answer.json(), Math.round(Number(oldest))];
    };
    const [status, body, oldest] = await overdueBy(3600);
    expect([status, body]).toMatchObject([503, { status: 'error', details: { mail: { status: 'down' } } }]);
    expect(Math.abs(oldest - 3600)).toBeLessThan(60);
    expect(await overdueBy(-3600)).toMatchObject([200, { details: { mail: { status: 'up' } } }, 0]);
    await worker.stop();
  });
});
