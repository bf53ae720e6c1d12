import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSendingStage, enqueue, mailFrom, messageOf } from '../support/mails.js';
import { freePort } from '../support/service-process.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

describe('/-/health/', () => {
  it('is live as soon as the process runs', async () => {
    const answer = await fetch(`${app.url}/-/health/live/`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('is ready while the database answers', async () => {
    const answer = await fetch(`${app.url}/-/health/ready/`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'ok', details: { database: { status: 'up' } } });
  });

  it('is not ready, and says why, when the database is gone', async () => {
    const other = await startTestApp();
    await other.dataSource.destroy();
    const answer = await fetch(`${other.url}/-/health/ready/`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ status: 'error', error: { database: { status: 'down' } } });
    expect((await fetch(`${other.url}/-/health/live/`)).status).toBe(200);
    await other.dataSource.initialize();
    await other.stop();
  });
});

describe('/-/metrics/', () => {
  it('counts requests by route, never by address', async () => {
    await app.api.get('/stages/email/?search=who%20is%20it');
    const text = await (await fetch(`${app.url}/-/metrics/`)).text();
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/api/v3/stages/email",status="200"} 1',
    );
    expect(text).toMatch(/database_pool_connections\{state="idle"\} [1-9]/);
    expect(text).toMatch(/process_resident_memory_bytes \d+/);
    expect(text).not.toContain('who');
  });
});

describe('Every answer', () => {
  it('carries the id of its request, another one each time', async () => {
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
  it('answers how it is and serves no API', async () => {
    const worker = await startTestApp({ ROLE: 'worker' });
    const statusOf = async (path: string): Promise<number> => (await fetch(`${worker.url}${path}`)).status;
    expect(await statusOf('/-/health/ready/')).toBe(200);
    expect(await statusOf('/api/v3/stages/email/')).toBe(404);
    expect(await statusOf('/api/v3/docs/')).toBe(404);
    await worker.stop();
  });

  it('counts mails by state, tries by outcome, and the seconds to acceptance', async () => {
    const worker = await startTestApp({ ROLE: 'worker' });
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
    const figures = (await (await fetch(`${worker.url}/-/metrics/`)).text()).split('\n');
    const counts = { queued: 0, sending: 0, retrying: 1, sent: 2, captured: 0, failed: 1, discarded: 0 };
    for (const [state, count] of Object.entries(counts)) {
      expect(figures).toContain(`mail_messages{state="${state}"} ${count}`);
    }
    for (const [outcome, count] of Object.entries({ accepted: 2, refused: 1, deferred: 1 })) {
      expect(figures).toContain(`mail_attempts_total{outcome="${outcome}"} ${count}`);
    }
    expect(figures).toContain('mail_seconds_to_acceptance_count 2');
    await sink.close();
    await worker.stop();
  });

  it('is not ready while a mail is overdue by more than MAIL_MAX_AGE, and tells by how much', async () => {
    const worker = await startTestApp({ ROLE: 'worker', MAIL_MAX_AGE: '60' });
    // Nobody listens there, so the mail waits for its next try.
    const stage = await createSendingStage(worker, await freePort());
    const [pk] = await enqueue(worker, mailFrom(stage, 'somebody@example.org'));
    await expect.poll(async () => (await messageOf(worker, pk!)).state, { timeout: 20_000 }).toBe('retrying');
    const overdueBy = async (seconds: number): Promise<[number, any, number]> => {
      await worker.dataSource.query(
        `update mail_message set next_attempt = now() - $2 * interval '1 second' where message_uuid = $1`,
        [pk, seconds],
      );
      const answer = await fetch(`${worker.url}/-/health/ready/`);
      const figures = await (await fetch(`${worker.url}/-/metrics/`)).text();
      const [, oldest] = /^mail_oldest_waiting_seconds (\S+)$/m.exec(figures) ?? [];
      return [answer.status, await answer.json(), Math.round(Number(oldest))];
    };
    const [status, body, oldest] = await overdueBy(3600);
    expect([status, body]).toMatchObject([503, { status: 'error', error: { mail: { status: 'down' } } }]);
    for (const seconds of [body.error.mail.overdue, oldest]) expect(Math.abs(seconds - 3600)).toBeLessThan(60);
    expect(await overdueBy(-3600)).toMatchObject([200, { details: { mail: { status: 'up', overdue: 0 } } }, 0]);
    await worker.stop();
  });
});
