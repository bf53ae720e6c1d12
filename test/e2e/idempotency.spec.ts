import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { IdempotencyRecord } from '../../src/core/idempotency/idempotency-record.entity.js';
import { Idempotency } from '../../src/core/idempotency/idempotency.service.js';
import { Housekeeping } from '../../src/database/housekeeping.js';
import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import type { Answer, ApiClient } from '../support/api-client.js';
import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { createPlainUser } from '../support/plain-user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** An API without a worker, so that queued mails can be counted. */
let app: TestApp;
let stage: string;

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
  stage = await createSendingStage(app, 25);
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.dataSource.query('delete from mail_message; delete from request_limit; delete from idempotency_record');
});

function send(
  key: string | undefined,
  body: object = { to: 'a@example.org' },
  client: ApiClient = app.api,
): Promise<Answer> {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  return client.post(`/stages/email/${stage}/test/`, body, { headers });
}

function mails(): Promise<number> {
  return app.dataSource.manager.count(MailMessage);
}

describe('An Idempotency-Key', () => {
  it('returns the same response again and sends no second mail', async () => {
    const first = await send('key 1');
    const second = await send('key 1');
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
    expect(await mails()).toBe(1);
  });

  it('has no effect if missing or different', async () => {
    const answers = [await send(undefined), await send(undefined), await send('key 1'), await send('key 2')];
    expect(new Set(answers.map(({ body }) => body.message)).size).toBe(4);
    expect(await mails()).toBe(4);
  });

  it('applies to concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => send('at once')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.message)).size).toBe(1);
    expect(await mails()).toBe(1);
  });

  it('treats the same fields in another order as the same request', async () => {
    const first = await send('key 1', { to: 'a@example.org', locale: 'de' });
    expect((await send('key 1', { locale: 'de', to: 'a@example.org' })).body).toEqual(first.body);
  });

  it('refuses a different request with the same key', async () => {
    await send('key 1');
    const { status, body } = await send('key 1', { to: 'b@example.org' });
    expect([status, body]).toEqual([400, { 'Idempotency-Key': ['This key was used for another request.'] }]);
    expect(await mails()).toBe(1);
  });

  it('refuses the same key for another object', async () => {
    const [one, other] = await enqueue(app, mailFrom(stage, 'a@example.org'), mailFrom(stage, 'b@example.org'));
    await app.dataSource.query(`update mail_message set state = 'failed'`);
    const headers = { 'idempotency-key': 'key 1' };
    const requeue = (pk: string): Promise<Answer> =>
      app.api.post(`/mail/messages/${pk}/requeue/`, undefined, { headers });
    const first = await requeue(one!);
    expect(first.status).toBe(200);
    expect((await requeue(one!)).body).toEqual(first.body);
    expect((await requeue(other!)).status).toBe(400);
  });

  it('is separate for each user', async () => {
    const permissions = ['authentik_stages_email.view_emailstage', 'authentik_stages_email.change_emailstage'];
    const other = app.client(await createPlainUser(app.dataSource, permissions));
    const [ours, theirs] = [await send('key 1'), await send('key 1', { to: 'a@example.org' }, other)];
    expect(theirs.status).toBe(202);
    expect(theirs.body).not.toEqual(ours.body);
  });

  it('stays unused if the request fails', async () => {
    expect((await send('key 1', { to: 'nobody' })).status).toBe(400);
    expect((await send('key 1')).status).toBe(202);
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    const requeue = (): Promise<Answer> =>
      app.api.post(`/mail/messages/${pk}/requeue/`, undefined, { headers: { 'idempotency-key': 'key 1' } });
    expect((await requeue()).status).toBe(400);
    await app.dataSource.query(`update mail_message set state = 'failed'`);
    expect((await requeue()).status).toBe(200);
  });

  it.each([
    ['is empty', ''],
    ['is longer than 255 characters', 'k'.repeat(256)],
    ['contains a control character', 'a\tb'],
    ['contains non-ASCII characters', 'schl\u00fcssel'],
  ])('is refused if it %s', async (_, key) => {
    const { status, body } = await send(key);
    expect([status, body]).toEqual([400, { 'Idempotency-Key': ['A key has 1 to 255 printable ASCII characters.'] }]);
    expect(await mails()).toBe(0);
  });

  it('can have 255 characters', async () => {
    expect((await send('k'.repeat(255))).status).toBe(202);
  });

  it('expires after 24 hours', async () => {
    const first = await send('key 1');
    await app.dataSource.query(`update idempotency_record set created = now() - interval '25 hours'`);
    const second = await send('key 1', { to: 'b@example.org' });
    expect(second.status).toBe(202);
    expect(second.body).not.toEqual(first.body);
    expect((await send('key 1', { to: 'b@example.org' })).body).toEqual(second.body);
  });

  it('is deleted by housekeeping after it expired', async () => {
    await send('old');
    await app.dataSource.query(`update idempotency_record set created = now() - interval '25 hours'`);
    await app.dataSource.query(`update request_limit set ends = now() - interval '1 second'`);
    await send('new');
    await app.nest.get(Housekeeping).doEverything();
    const left = await app.dataSource.manager.find(IdempotencyRecord);
    expect(left.map(({ key }) => key)).toEqual(['new']);
  });
});

describe('A request with a used Idempotency-Key', () => {
  it('is rejected while the first request is still in progress', async () => {
    const idempotency = app.nest.get(Idempotency, { strict: false });
    const request = { user: 1, route: 'POST /x', key: randomUUID(), fingerprint: Buffer.alloc(32) };
    let end = (): void => undefined;
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const first = idempotency.once(request, async () => {
      begun();
      await new Promise<void>((resolve) => (end = resolve));
      return { number: 1 };
    });
    await hasBegun;
    await expect(idempotency.once(request, () => Promise.resolve({ number: 2 }))).rejects.toMatchObject({
      errors: { 'Idempotency-Key': ['The first request with this key is still in progress. Try again later.'] },
    });
    end();
    expect(await first).toEqual({ number: 1 });
    expect(await idempotency.once(request, () => Promise.resolve({ number: 3 }))).toEqual({ number: 1 });
  });
});
