import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import { MessageStore } from '../../src/mail/outbox/message-store.js';
import { createUser } from '../factories/user.js';
import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { createPlainUser } from '../support/plain-user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** An API without a worker, so that messages keep the states that the tests set. */
let app: TestApp;
let stage: string;

beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
  stage = await createSendingStage(app, 25);
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.manager.createQueryBuilder().delete().from(MailMessage).execute());

async function change(pk: string, to: Partial<MailMessage>): Promise<void> {
  await app.dataSource.manager.update(MailMessage, { pk }, to as object);
}

async function recipientsOf(query: string): Promise<string[]> {
  const { status, body } = await app.api.get(`/mail/messages/?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.results.map(({ recipient }: { recipient: string }) => recipient);
}

describe('/mail/messages/', () => {
  it('lists mails without their content', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    const { body } = await app.api.get('/mail/messages/');
    expect(body.results).toEqual([
      {
        pk,
        message_id: `${pk}@example.org`,
        state: 'queued',
        stage,
        template: 'email/account_confirmation.html',
        subject: 'Confirm',
        recipient: 'a@example.org',
        recipient_name: 'Alice',
        from_address: 'sender@example.org',
        locale: 'en',
        attempts: 0,
        next_attempt: expect.stringMatching(/Z$/),
        deadline: null,
        reason: '',
        created: expect.stringMatching(/Z$/),
        finished: null,
        transport: null,
      },
    ]);
  });

  it('filters and searches', async () => {
    const [a, b, c] = await enqueue(
      app,
      mailFrom(stage, 'a@example.org', { subject: 'Reset' }),
      mailFrom(stage, 'b@example.org', { template: 'email/password_reset.html' }),
      mailFrom(null, 'c@example.org'),
    );
    await change(a!, { created: new Date('2026-01-01T00:00:00Z'), state: 'sent' });
    await change(b!, { created: new Date('2026-01-02T00:00:00Z'), state: 'failed', reason: 'mailbox full' });
    await change(c!, { created: new Date('2026-01-03T00:00:00Z') });
    const found = {
      '': 'cba',
      'ordering=created': 'abc',
      'ordering=-recipient': 'cba',
      'state=sent': 'a',
      'state=sent&state=failed': 'ba',
      [`stage=${stage}`]: 'ba',
      'template=email/password_reset.html': 'b',
      'recipient=c@example.org': 'c',
      'created__gte=2026-01-02T00:00:00Z': 'cb',
      'created__lte=2026-01-02': 'ba',
      'created__gte=2026-01-02&created__lte=2026-01-02': 'b',
      'search=reset': 'ba',
      'search=full': 'b',
      'search=alice%20FULL': 'b',
      'created__gte=&recipient=': 'cba',
    };
    for (const [query, letters] of Object.entries(found)) {
      expect(await recipientsOf(query), query).toEqual([...letters].map((letter) => `${letter}@example.org`));
    }
  });

  it('filters by subject, by server and transport of the last attempt, and by user', async () => {
    const user = await createUser(app.api, { username: 'jane', name: 'Jane', email: 'old@example.org' });
    await app.api.patch(`/core/users/${user.pk}/`, { email: 'new@example.org' });
    const [a, b] = await enqueue(
      app,
      mailFrom(stage, 'old@example.org', { subject: 'Reset' }),
      mailFrom(stage, 'new@example.org'),
      mailFrom(stage, 'other@example.org'),
    );
    const store = app.nest.get(MessageStore, { strict: false });
    const next = { state: 'retrying', nextAttempt: new Date() } as const;
    const attempts = [
      { pk: a!, number: 1, server: 'first:25' },
      { pk: a!, number: 2, server: 'second:25', transport: 'Newsroom' },
      { pk: b!, number: 1, server: 'first:25' },
    ];
    for (const { pk, number, ...made } of attempts) {
      await store.claim([pk], 30);
      const result = { outcome: 'deferred', provider: 'smtp', reason: '', ...made } as const;
      await store.finish([{ pk, number, result, next }]);
    }
    const found = {
      'subject=Reset': ['old'],
      'subject__icontains=rESe': ['old'],
      'subject__icontains=r%25e': [],
      'server=first:25': ['new'],
      'server=second:25': ['old'],
      'transport_name=Newsroom': ['old'],
      [`user=${user.pk}&ordering=recipient`]: ['new', 'old'],
      'user=99999999999': [],
      'server=': ['other', 'new', 'old'],
    };
    for (const [query, names] of Object.entries(found)) {
      const recipients = await recipientsOf(query);
      expect(recipients.toSorted(), query).toEqual(names.map((name) => `${name}@example.org`).toSorted());
    }
  });

  it('answers 400 for invalid filters', async () => {
    const { status, body } = await app.api.get('/mail/messages/?state=gone&created__gte=soon&stage=x');
    expect(status).toBe(400);
    expect(body).toEqual({
      created__gte: ['Enter a valid date/time.'],
      stage: ['Enter a valid UUID.'],
      state: ['Select a valid choice. gone is not one of the available choices.'],
    });
  });

  it('returns a mail with its attempts, in order', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    const store = app.nest.get(MessageStore, { strict: false });
    expect(await store.claim([pk!], 30)).toEqual(new Map([[pk, 1]]));
    const reply = { code: 451, reply: 'later', reason: 'Try later.', server: 'mx:25', providerMessageId: 'A1' };
    const result = { outcome: 'deferred', provider: 'smtp', ...reply } as const;
    const next = { state: 'retrying', nextAttempt: new Date() } as const;
    await store.finish([{ pk: pk!, number: 1, result, next }]);
    expect(await store.claim([pk!], 30)).toEqual(new Map([[pk, 2]]));
    const { status, body } = await app.api.get(`/mail/messages/${pk}/`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'sending', attempts: 2, reason: 'Try later.' });
    expect(body.timeline).toEqual([
      {
        number: 1,
        started: expect.stringMatching(/Z$/),
        ended: expect.stringMatching(/Z$/),
        outcome: 'deferred',
        code: 451,
        reply: 'later',
        reason: 'Try later.',
        server: 'mx:25',
        tls: null,
        provider: 'smtp',
        transport: '',
        provider_message_id: 'A1',
      },
      expect.objectContaining({ number: 2, ended: null, outcome: null, code: null }),
    ]);
  });

  it('never returns the link, its secret or the values of the template', async () => {
    const key = randomUUID();
    const values = { title: 'what nobody may read' };
    const link = { path: '/if/flow/x/', query: '', parameter: 'flow_token', key };
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org', { data: { link, codeKey: key, values } }));
    const answers = [await app.api.get('/mail/messages/'), await app.api.get(`/mail/messages/${pk}/`)];
    for (const { body } of answers) expect(JSON.stringify(body)).not.toMatch(new RegExp(`${key}|nobody|flow_token`));
  });

  it('answers 404 for an unknown mail', async () => {
    expect((await app.api.get(`/mail/messages/${randomUUID()}/`)).status).toBe(404);
    expect((await app.api.post(`/mail/messages/${randomUUID()}/requeue/`)).status).toBe(404);
  });

  it('requires the view permission to read, and the change permission to requeue and discard', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    const statusesOf = async (...permissions: string[]): Promise<number[]> => {
      const client = app.client(await createPlainUser(app.dataSource, permissions));
      const answers = [
        await client.get('/mail/messages/'),
        await client.get(`/mail/messages/${pk}/`),
        await client.post(`/mail/messages/${pk}/requeue/`),
        await client.post(`/mail/messages/${pk}/discard/`),
      ];
      return answers.map(({ status }) => status);
    };
    const [view, edit] = ['authentik_mail.view_mailmessage', 'authentik_mail.change_mailmessage'];
    expect(await statusesOf()).toEqual([403, 403, 403, 403]);
    expect(await statusesOf(view)).toEqual([200, 200, 403, 403]);
    await change(pk!, { state: 'failed' });
    expect(await statusesOf(view, edit)).toEqual([200, 200, 200, 200]);
  });
});

describe('/mail/messages/{id}/requeue/', () => {
  it('sends a failed mail again', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    await change(pk!, { state: 'failed', reason: 'no such host', nextAttempt: null, finished: new Date() });
    const { status, body } = await app.api.post(`/mail/messages/${pk}/requeue/`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ pk, state: 'queued', reason: '', finished: null });
    expect(body.next_attempt).not.toBeNull();
  });

  it('sends a deferred mail immediately', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    await change(pk!, { state: 'retrying', nextAttempt: new Date(Date.now() + 3_600_000) });
    const { body } = await app.api.post(`/mail/messages/${pk}/requeue/`);
    expect(new Date(body.next_attempt as string).getTime()).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('answers 400 for a mail in another state, and names the state', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    for (const state of ['sent', 'captured', 'sending', 'queued'] as const) {
      await change(pk!, { state });
      const { status, body } = await app.api.post(`/mail/messages/${pk}/requeue/`);
      expect(status, state).toBe(400);
      expect(body.non_field_errors).toEqual([
        `The mail is ${state}. Only mails in these states can be sent again: retrying, failed, discarded.`,
      ]);
    }
  });

  it('answers 400 for a mail with an expired link', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org', { deadline: new Date(Date.now() - 1000) }));
    await change(pk!, { state: 'failed' });
    const { status, body } = await app.api.post(`/mail/messages/${pk}/requeue/`);
    expect([status, body]).toEqual([400, { non_field_errors: ['The link in the mail has expired.'] }]);
  });
});

describe('/mail/messages/{id}/discard/', () => {
  it('discards a queued mail and records the user', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    const { status, body } = await app.api.post(`/mail/messages/${pk}/discard/`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'discarded', reason: 'Discarded by akadmin.', next_attempt: null });
    expect(body.finished).not.toBeNull();
    expect((await app.api.post(`/mail/messages/${pk}/requeue/`)).body.state).toBe('queued');
  });

  it('answers 400 for a sent mail', async () => {
    const [pk] = await enqueue(app, mailFrom(stage, 'a@example.org'));
    await change(pk!, { state: 'sent' });
    const { status, body } = await app.api.post(`/mail/messages/${pk}/discard/`);
    expect([status, body]).toEqual([
      400,
      { non_field_errors: ['The mail is sent. Only waiting mails can be discarded.'] },
    ]);
  });
});
