import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { createPlainUser } from '../support/plain-user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** An API without a worker, so that mails keep the states that the tests set. */
let app: TestApp;
let stage: string;

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
  stage = await createSendingStage(app, 25);
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.manager.createQueryBuilder().delete().from(MailMessage).execute());

async function mailIn(state: MailMessage['state'], more: Partial<MailMessage> = {}): Promise<string> {
  const [pk] = await enqueue(app, mailFrom(stage, `${state}@example.org`));
  const isFinal = ['sent', 'captured', 'failed', 'discarded'].includes(state);
  const times = isFinal ? { finished: new Date(), nextAttempt: null } : {};
  await app.dataSource.manager.update(MailMessage, { pk: pk! }, { state, ...times, ...more } as object);
  return pk!;
}

const mailInEachState = async (): Promise<void> => {
  for (const state of ['queued', 'sending', 'retrying', 'sent', 'captured', 'failed', 'discarded'] as const) {
    await mailIn(state, state === 'sending' ? { leaseUntil: new Date(Date.now() + 60_000) } : {});
  }
};

const countOf = async (action: string, query = ''): Promise<number> =>
  (await app.api.get(`/mail/messages/${action}/?${query}`)).body.count;
const run = (action: string, query: string, expected: unknown): ReturnType<TestApp['api']['post']> =>
  app.api.post(`/mail/messages/${action}/?${query}`, { expected });
const states = async (): Promise<Record<string, string>> => {
  const { results } = (await app.api.get('/mail/messages/')).body;
  return Object.fromEntries(
    results.map(({ recipient, state }: Record<string, string>) => [recipient?.split('@')[0], state]),
  );
};
const jobs = async (): Promise<number> => {
  const [row] = await app.dataSource.query<[{ count: number }]>(
    `select count(*)::int from graphile_worker.jobs where key in (select 'mail:' || message_uuid from "mail_message" where state = 'queued')`,
  );
  return row.count;
};

describe('/mail/messages/requeue/', () => {
  it('queues all mails that match and may be sent again, with their jobs', async () => {
    await mailInEachState();
    await mailIn('failed', { recipientAddress: 'expired@example.org', deadline: new Date(Date.now() - 1000) });
    expect(await countOf('requeue')).toBe(3);
    expect(await run('requeue', '', 3)).toMatchObject({ status: 200, body: { count: 3 } });
    expect(await states()).toEqual({
      ...{ queued: 'queued', sending: 'sending', retrying: 'queued', sent: 'sent', captured: 'captured' },
      ...{ failed: 'queued', discarded: 'queued', expired: 'failed' },
    });
    expect(await jobs()).toBe(4);
  });

  it('changes nothing if more mails match than expected', async () => {
    await mailIn('failed');
    await mailIn('failed');
    const { status, body } = await run('requeue', 'state=failed', 1);
    expect([status, body]).toEqual([400, { expected: ['More than the expected 1 mails match.'] }]);
    expect(await countOf('requeue')).toBe(2);
  });

  it('goes on with the rest if it is repeated, and has nothing to do at the end', async () => {
    const first = await mailIn('failed');
    await mailIn('failed');
    await app.api.post(`/mail/messages/${first}/requeue/`);
    expect((await run('requeue', 'state=failed', 2)).body).toEqual({ count: 1 });
    expect((await run('requeue', 'state=failed', 2)).body).toEqual({ count: 0 });
  });

  it('changes more mails than a batch has', async () => {
    await app.dataSource.query(
      `insert into "mail_message" (message_uuid, message_id, state, template, subject, data, recipient_address,
                                   from_address, locale, finished)
       select id, id || '@example.org', 'failed', 'email/setup.html', 'x', '{}', 'many@example.org', 'a@example.org', 'en', now()
         from (select gen_random_uuid() as id from generate_series(1, 1203)) ids`,
    );
    expect((await run('requeue', 'recipient=many@example.org', 1203)).body).toEqual({ count: 1203 });
    expect(await jobs()).toBe(1203);
  });

  it('takes the filters of the list, and answers 400 for invalid ones and for a missing number', async () => {
    await mailIn('failed');
    await mailIn('discarded');
    expect(await countOf('requeue', 'recipient=failed@example.org')).toBe(1);
    expect(await countOf('requeue', 'search=nothing')).toBe(0);
    expect((await run('requeue', 'state=gone', 1)).body).toEqual({
      state: ['Select a valid choice. gone is not one of the available choices.'],
    });
    expect(await app.api.post('/mail/messages/requeue/', {})).toMatchObject({
      status: 400,
      body: { expected: ['This field is required.'] },
    });
    expect((await run('requeue', '', -1)).status).toBe(400);
  });

  it('changes only mails that the caller may view and change', async () => {
    const [one, other] = [await mailIn('failed'), await mailIn('failed')];
    const clientWith = async (...permissions: string[]): Promise<TestApp['api']> =>
      app.client(await createPlainUser(app.dataSource, permissions));
    const [view, edit] = ['authentik_mail.view_mailmessage', 'authentik_mail.change_mailmessage'];
    for (const permissions of [[], [view], [edit]]) {
      const client = await clientWith(...permissions);
      expect((await client.get('/mail/messages/requeue/')).status, permissions.join()).toBe(403);
      expect((await client.post('/mail/messages/requeue/', { expected: 9 })).status, permissions.join()).toBe(403);
    }
    const client = await clientWith(view);
    const { pk: user } = (await client.get('/core/users/me/')).body.user;
    await app.api.post(`/rbac/permissions/assigned_by_users/${user}/assign/`, {
      permissions: [edit],
      model: 'authentik_mail.mailmessage',
      object_pk: one,
    });
    expect((await client.get('/mail/messages/requeue/')).body).toEqual({ count: 1 });
    expect((await client.post('/mail/messages/requeue/', { expected: 9 })).body).toEqual({ count: 1 });
    expect((await app.api.get(`/mail/messages/${other}/`)).body.state).toBe('failed');
  });
});

describe('/mail/messages/discard/', () => {
  it('discards all mails that match and wait, and records the user', async () => {
    await mailInEachState();
    expect(await countOf('discard')).toBe(2);
    expect((await run('discard', '', 2)).body).toEqual({ count: 2 });
    expect(await states()).toMatchObject({ queued: 'discarded', sending: 'sending', retrying: 'discarded' });
    const { results } = (await app.api.get('/mail/messages/?recipient=queued@example.org')).body;
    expect(results[0]).toMatchObject({ reason: 'Discarded by akadmin.', next_attempt: null });
  });
});
