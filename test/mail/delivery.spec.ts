import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { SETTINGS, type Settings } from '../../src/config/settings.js';
import { Housekeeping } from '../../src/database/housekeeping.js';
import { Event } from '../../src/events/event.entity.js';
import { DeliveryAttempt } from '../../src/mail/outbox/delivery-attempt.entity.js';
import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import { MessageStore } from '../../src/mail/outbox/message-store.js';
import { Outbox } from '../../src/mail/outbox/outbox.service.js';
import { EmailStage } from '../../src/stages/email/email-stage.entity.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createSendingStage, enqueue, mailFrom, messageOf } from '../support/mails.js';
import { smtpServers } from '../support/smtp/servers.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
const sinks: SmtpSink[] = [];
const servers = smtpServers();

async function sink(judge?: (recipient: string) => Promise<void> | void): Promise<{ port: number; sink: SmtpSink }> {
  const made = new SmtpSink(judge);
  sinks.push(made);
  return { port: await made.listen(), sink: made };
}

function settled(pk: string, state: string): Promise<void> {
  return expect.poll(async () => (await messageOf(app, pk)).state, { timeout: 20_000 }).toBe(state);
}

/** Sends this many mails and returns the 99th percentile of the seconds from claim to acceptance. */
async function p99Of(mails: number, stage: string): Promise<number> {
  const keys = await enqueue(app, ...Array.from({ length: mails }, () => mailFrom(stage, 'alive@example.org')));
  const seconds = await secondsToAcceptance(keys);
  return seconds[Math.floor(0.99 * mails)]!;
}

/** Waits for acceptance of all mails and returns the sorted seconds from claim to acceptance. */
async function secondsToAcceptance(keys: readonly string[]): Promise<number[]> {
  const read = (): Promise<{ seconds: number }[]> =>
    app.dataSource.query(
      `select extract(epoch from finished - created)::float as seconds from mail_message
        where message_uuid = any($1) and state = 'sent' order by 1`,
      [keys],
    );
  await expect.poll(async () => (await read()).length, { timeout: 55_000 }).toBe(keys.length);
  return (await read()).map(({ seconds }) => seconds);
}

async function eventsOf(pk: string): Promise<Event[]> {
  return app.dataSource.manager
    .createQueryBuilder(Event, 'event')
    .where(`event.context ->> 'message_id' = :pk`, { pk })
    .getMany();
}

beforeAll(async () => {
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
});
afterEach(async () => {
  for (const each of sinks.splice(0)) await each.close();
});
afterAll(() => app.stop());

describe('An enqueued mail', () => {
  it('is sent when the transaction commits, with a link whose secret is in no table', async () => {
    const { port, sink: server } = await sink();
    const [pk] = await enqueue(app, mailFrom(await createSendingStage(app, port), 'a@example.org'));
    await settled(pk!, 'sent');
    const message = await messageOf(app, pk!);
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]).toMatchObject({ to: 'a@example.org', messageId: message.messageId });
    expect(message).toMatchObject({ attempts: 1, nextAttempt: null, leaseUntil: null, reason: '' });
    expect(message.deliveryAttempts).toMatchObject([{ number: 1, outcome: 'accepted', code: 250 }]);

    const source = server.mails[0]!.source.replace(/=\r?\n/g, '').replaceAll('=3D', '=');
    const [, secret] =
      /https:\/\/login\.example\.org\/if\/flow\/sign-up\/\?flow_token=([0-9a-f]{64})/.exec(source) ?? [];
    expect(secret).toBeDefined();
    const tables = ['mail_message', 'delivery_attempt', 'event'];
    for (const table of tables) {
      const rows = await app.dataSource.query<object[]>(`select * from "${table}"`);
      expect(JSON.stringify(rows), table).not.toContain(secret);
    }
  });

  it('has exactly the expected header fields', async () => {
    const { port, sink: server } = await sink();
    const stage = await createSendingStage(app, port, { fromAddress: 'service@bücher.example' });
    const [pk] = await enqueue(app, mailFrom(stage, 'headers@example.org', { fromAddress: 'service@bücher.example' }));
    await settled(pk!, 'sent');
    const { messageId, created } = await messageOf(app, pk!);
    const [head = ''] = server.mails[0]!.source.split('\r\n\r\n');
    const fields = head.replaceAll(/\r\n\s+/g, ' ').split('\r\n');
    expect(fields).toEqual([
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: All',
      'From: "email-stage" <service@xn--bcher-kva.example>',
      'To: Alice <headers@example.org>',
      'Subject: Confirm',
      `Message-ID: <${messageId}>`,
      `Date: ${created.toUTCString().replace('GMT', '+0000')}`,
      'MIME-Version: 1.0',
      expect.stringMatching(/^Content-Type: multipart\/related; type="multipart\/alternative"; boundary="[^"]+"$/),
    ]);
    expect(messageId).toMatch(/^[0-9a-f-]{36}@xn--bcher-kva\.example$/);
  });

  it('does not exist after a rollback', async () => {
    const { port, sink: server } = await sink();
    const stage = await createSendingStage(app, port);
    const outbox = app.nest.get(Outbox, { strict: false });
    let pk = '';
    await expect(
      app.dataSource.transaction(async (manager) => {
        pk = await outbox.enqueue(manager, mailFrom(stage, 'rolled-back@example.org'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const [later] = await enqueue(app, mailFrom(stage, 'later@example.org'));
    await settled(later!, 'sent');
    expect(await app.dataSource.manager.countBy(MailMessage, { pk })).toBe(0);
    expect(server.mails.map(({ to }) => to)).toEqual(['later@example.org']);
  });

  it('writes an event without body and link', async () => {
    const { port } = await sink();
    const [pk] = await enqueue(app, mailFrom(await createSendingStage(app, port, { name: 'told' }), 'b@example.org'));
    await settled(pk!, 'sent');
    const [event, ...others] = await eventsOf(pk!);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ action: 'email_sent', app: 'authentik.stages.email' });
    expect(event?.context).toMatchObject({
      stage: { name: 'told' },
      template: 'email/account_confirmation.html',
      to_email: ['b@example.org'],
      subject: 'Confirm',
    });
    expect(event?.context).not.toHaveProperty('body');
  });
});

describe('A server', () => {
  it('with a transient failure gets a retry with the same Message-ID', async () => {
    let refusals = 1;
    const { port, sink: server } = await sink(() => {
      if (refusals-- > 0) throw new SmtpRefusal(451, 'Try again later');
    });
    const [pk] = await enqueue(app, mailFrom(await createSendingStage(app, port), 'c@example.org'));
    await settled(pk!, 'retrying');
    const waiting = await messageOf(app, pk!);
    expect(waiting.deliveryAttempts).toMatchObject([{ outcome: 'deferred', code: 451 }]);
    const delay = waiting.nextAttempt!.getTime() - waiting.deliveryAttempts![0]!.ended!.getTime();
    expect(delay).toBeGreaterThan(7_000);
    expect(delay).toBeLessThan(13_000);

    await app.dataSource.transaction((manager) => app.nest.get(MessageStore, { strict: false }).requeue(manager, pk!));
    await settled(pk!, 'sent');
    expect((await messageOf(app, pk!)).deliveryAttempts).toMatchObject([
      { number: 1 },
      { number: 2, outcome: 'accepted' },
    ]);
    expect(server.mails.map(({ messageId }) => messageId)).toEqual([waiting.messageId]);
  });

  it('with a permanent failure gets no retry, and an event is written', async () => {
    const { port, sink: server } = await sink(() => {
      throw new SmtpRefusal(550, 'No such user here');
    });
    const [pk] = await enqueue(app, mailFrom(await createSendingStage(app, port), 'd@example.org'));
    await settled(pk!, 'failed');
    const message = await messageOf(app, pk!);
    expect(message.deliveryAttempts).toMatchObject([{ outcome: 'refused', code: 550 }]);
    expect(message.reason).toContain('No such user here');
    expect(server.mails).toEqual([]);
    expect(await eventsOf(pk!)).toMatchObject([{ action: 'email_failed' }]);
  });

  it('that is tried again later names why the last mail to it failed', async () => {
    const { port } = await servers.collecting();
    const stage = await createSendingStage(app, port, { useTls: true });
    const mails = await enqueue(app, ...Array.from({ length: 8 }, () => mailFrom(stage, 'e@example.org')));
    const waiting = /^127\.0\.0\.1:\d+ is tried again later\. It failed: .* does not offer STARTTLS/;
    const reasons = async (): Promise<string[]> =>
      (await Promise.all(mails.map((pk) => messageOf(app, pk)))).map(({ reason }) => reason);
    await expect.poll(reasons).toContainEqual(expect.stringMatching(waiting));
  });

  it('that accepts connections and stays silent does not delay the mails of other stages', async ({ annotate }) => {
    const silent = await servers.raw();
    // Longer than this test waits for mails.
    const dead = await createSendingStage(app, silent.port, { timeout: 300 });
    const alive = await createSendingStage(app, (await sink()).port);
    const stuck = await enqueue(app, ...Array.from({ length: 300 }, () => mailFrom(dead, 'dead@example.org')));
    // They wait for the few slots that the silent server occupies, not for its timeout.
    const beside = await p99Of(200, alive);
    await annotate(`p99 ${beside} s beside 300 mails for a server that says nothing`);
    const messages = await Promise.all(stuck.map((pk) => messageOf(app, pk)));
    expect(messages.filter(({ state }) => state === 'failed' || state === 'sent')).toEqual([]);
    const attempts = messages.flatMap(({ deliveryAttempts = [] }) => deliveryAttempts);
    expect(attempts.filter(({ outcome }) => outcome !== null)).toEqual([]);
    expect(messages.some(({ state }) => state === 'sending')).toBe(true);
  });
});

describe('A finished mail', () => {
  it('is deleted with its attempts after MAIL_RETENTION days, and not earlier', async () => {
    const { port } = await sink();
    const stage = await createSendingStage(app, port);
    const keys = await enqueue(app, ...['old', 'new'].map((name) => mailFrom(stage, `${name}@example.org`)));
    for (const pk of keys) await settled(pk, 'sent');
    const [old, recent] = keys as [string, string];
    const { mailRetention } = app.nest.get<Settings>(SETTINGS);
    const age = (pk: string, days: number): Promise<unknown> =>
      app.dataSource.manager.update(MailMessage, { pk }, { finished: new Date(Date.now() - days * 86_400_000) });
    await Promise.all([age(old, mailRetention + 0.1), age(recent, mailRetention - 0.1)]);
    await app.nest.get(Housekeeping).doEverything();
    expect(await app.dataSource.manager.countBy(MailMessage, { pk: old })).toBe(0);
    expect(await app.dataSource.manager.countBy(DeliveryAttempt, { messagePk: old })).toBe(0);
    expect(await messageOf(app, recent)).toMatchObject({ state: 'sent', deliveryAttempts: [{ number: 1 }] });
  });
});

describe('A waiting mail', () => {
  it('is sent with the current settings of its stage', async () => {
    const first = await sink(() => {
      throw new SmtpRefusal(450, 'Later');
    });
    const second = await sink();
    const stage = await createSendingStage(app, first.port);
    const [pk] = await enqueue(app, mailFrom(stage, 'e@example.org'));
    await settled(pk!, 'retrying');
    await app.dataSource.manager.update(
      EmailStage,
      { pk: stage },
      { port: second.port, fromAddress: 'new@example.net' },
    );
    await app.dataSource.transaction((manager) => app.nest.get(MessageStore, { strict: false }).requeue(manager, pk!));
    await settled(pk!, 'sent');
    expect(second.sink.mails).toMatchObject([{ from: 'new@example.net' }]);
  });

  it('is discarded when its stage is deleted', async () => {
    const { port } = await sink(() => {
      throw new SmtpRefusal(450, 'Later');
    });
    const stage = await createSendingStage(app, port);
    const [pk] = await enqueue(app, mailFrom(stage, 'f@example.org'));
    await settled(pk!, 'retrying');
    await app.dataSource.manager.delete(EmailStage, { pk: stage });
    await app.dataSource.transaction((manager) => app.nest.get(MessageStore, { strict: false }).requeue(manager, pk!));
    await settled(pk!, 'discarded');
    expect((await messageOf(app, pk!)).reason).toBe('The sending stage was deleted.');
  });

  it('gets the full retry schedule when it is requeued, regardless of its age', async () => {
    const { port } = await sink(() => {
      throw new SmtpRefusal(450, 'Later');
    });
    const [pk] = await enqueue(app, mailFrom(await createSendingStage(app, port), 'i@example.org'));
    await settled(pk!, 'retrying');
    const longAgo = new Date(Date.now() - 3 * 86_400_000);
    await app.dataSource.manager.update(MailMessage, { pk: pk! }, { created: longAgo, queued: longAgo, attempts: 12 });
    await app.dataSource.transaction((manager) => app.nest.get(MessageStore, { strict: false }).requeue(manager, pk!));
    await expect.poll(async () => (await messageOf(app, pk!)).attempts).toBe(13);
    await settled(pk!, 'retrying');
    const { nextAttempt } = await messageOf(app, pk!);
    expect(nextAttempt!.getTime() - Date.now()).toBeLessThan(13_000);
  });

  it('is not sent when its link has expired, and an event is written', async () => {
    const { port, sink: server } = await sink();
    const deadline = new Date(Date.now() - 1000);
    const stage = await createSendingStage(app, port, { name: 'too late' });
    const [pk] = await enqueue(app, mailFrom(stage, 'g@example.org', { deadline }));
    await settled(pk!, 'failed');
    expect(server.mails).toEqual([]);
    const [event] = await eventsOf(pk!);
    expect(event).toMatchObject({ action: 'email_failed', context: { stage: { pk: stage, name: 'too late' } } });
  });

  it('is not sent if its template is unusable', async () => {
    const { port } = await sink();
    const stage = await createSendingStage(app, port);
    const { name: template } = await createMailTemplate(app.api, { html: '{% include "email/nowhere.html" %}' });
    const [pk] = await enqueue(app, mailFrom(stage, 'h@example.org', { template }));
    await settled(pk!, 'failed');
    expect((await messageOf(app, pk!)).reason).toContain('cannot be used');
  });

  it('waits for a template that is missing', async () => {
    const { port } = await sink();
    const stage = await createSendingStage(app, port);
    const [pk] = await enqueue(app, mailFrom(stage, 'h@example.org', { template: 'email/nowhere.html' }));
    await settled(pk!, 'retrying');
    expect((await messageOf(app, pk!)).reason).toMatch(/^The template email\/nowhere\.html cannot be used/);
  });
});
