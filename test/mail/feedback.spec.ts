import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { SnsHost } from '../../src/mail/feedback/sns/sns-host.js';
import type { NamedTransportDto } from '../../src/mail/transports/dto/named-transport.dto.js';
import type { WebhookEndpointDto } from '../../src/webhooks/dto/webhook-endpoint.dto.js';
import { created } from '../factories/created.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createVerification } from '../factories/verification.js';
import { nothing, postReport, tracesOf } from '../support/feedback.js';
import { apiKey, providerApis } from '../support/mail-provider-apis.js';
import { MailProviderServer } from '../support/mail-provider-server.js';
import { messageOf } from '../support/mails.js';
import { feedbackSecrets, type ProviderReports, reports, type SentMail } from '../support/provider-reports.js';
import { SnsStandIn, snsMessage, subscription, transientBounce } from '../support/ses-reports.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const environment = { WEBHOOK_ALLOW: '127.0.0.0/8', ...feedbackSecrets };

let app: TestApp;
let host: string;
const provider = new MailProviderServer(() => 'closed');
const sns = new SnsStandIn();
beforeAll(async () => {
  host = await provider.listen();
  app = await startTestApp(environment);
  await sns.listen(app.nest.get(SnsHost, { strict: false }));
});
afterAll(async () => {
  await app.stop();
  provider.close();
  sns.close();
});

const names = Object.keys(reports);
const reportsOf = (name: string): ProviderReports => reports[name]!;

/** Sends a mail that the provider accepts: a test mail unless another one is given, which `send` returns the key of. */
async function sentMail(name: string, on = app, send = testMail): Promise<SentMail> {
  const { scheme = name, query, reply } = reportsOf(name);
  const { api, username } = providerApis[scheme]!;
  const id = randomUUID();
  provider.handle = (call) => {
    expect(api(call).status).toBeLessThan(300);
    return reply(id);
  };
  const login = [...(username === undefined ? [] : [username]), encodeURIComponent(apiKey)].join(':');
  const url = `${scheme}://${login}@${host}${query}`;
  const transport = await created<NamedTransportDto>(on.api.post('/mail/transports/', { name: randomUUID(), url }));
  const to = `${randomUUID()}@library.example`;
  const pk = await send(transport.pk, to, on);
  const { messageId } = await vi.waitUntil(async () => {
    const message = await messageOf(on, pk);
    return message.state === 'sent' && message;
  }, 20_000);
  return { pk, to, id, messageId };
}

async function testMail(transport: string, to: string, on: TestApp): Promise<string> {
  return (await on.api.post(`/mail/transports/${transport}/test/`, { to })).body.message;
}

/** Starts a verification whose mail the provider accepts. */
async function sentVerification(name: string): Promise<{ path: string; mail: SentMail }> {
  let path = '';
  const mail = await sentMail(name, app, async (transport, email) => {
    const { pk: stage } = await createEmailStage(app.api, { transport });
    const { pk, message } = await createVerification(app.api, { email, stage });
    path = `/verifications/${pk}/`;
    return message;
  });
  return { path, mail };
}

describe.each(names)('A report of %s', (name) => {
  const { bounce, complaint, others, broken, proven, forged } = reportsOf(name);
  /** A mail that no report changes. */
  let untouched: SentMail;

  beforeAll(async () => {
    untouched = await sentMail(name);
    await created<WebhookEndpointDto>(
      app.api.post('/webhooks/endpoints/', {
        name: `feedback-${name}`,
        url: 'https://webhooks.invalid/',
        event_types: ['mail.*', 'verification.*'],
      }),
    );
  });

  it('of a bounce is shown at its mail, suppresses its address and is an event, once', async () => {
    const mail = await sentMail(name);
    const report = proven(bounce(mail));
    expect(await postReport(app, name, report)).toEqual({ status: 200, body: { recorded: 1 } });
    const found = await tracesOf(app, mail);
    expect(found).toEqual({
      feedback: [
        {
          kind: 'bounce',
          provider: name,
          reason: expect.stringMatching(/no such user/i),
          happened: expect.any(String),
          received: expect.any(String),
        },
      ],
      suppressions: [expect.objectContaining({ address: mail.to, reason: 'bounce', message: mail.pk, expires: null })],
      events: expect.arrayContaining([
        {
          type: 'mail.bounced',
          data: {
            pk: mail.pk,
            message_id: mail.messageId,
            recipient: mail.to,
            template: 'email/setup.html',
            attempts: 1,
            reason: expect.stringMatching(/no such user/i),
          },
        },
      ]),
    });
    expect(await postReport(app, name, report)).toEqual({ status: 200, body: { recorded: 0 } });
    expect(await tracesOf(app, mail)).toEqual(found);
    expect((await messageOf(app, mail.pk)).state).toBe('sent');
  });

  it('of a complaint does so too, also when it arrives twice at the same time', async () => {
    const mail = await sentMail(name);
    const report = proven(complaint(mail));
    const answers = await Promise.all([postReport(app, name, report), postReport(app, name, report)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const found = await tracesOf(app, mail);
    expect(found.feedback).toMatchObject([{ kind: 'complaint', provider: name }]);
    expect(found.suppressions).toMatchObject([{ reason: 'complaint', message: mail.pk }]);
    expect(found.events).toMatchObject([{ type: 'mail.complained' }]);
  });

  it('of anything else changes nothing', async () => {
    for (const body of others(untouched)) {
      expect(await postReport(app, name, proven(body)), JSON.stringify(body)).toEqual({
        status: 200,
        body: { recorded: 0 },
      });
    }
    expect(await tracesOf(app, untouched)).toEqual(nothing);
  });

  it('changes nothing without the proof of the provider', async () => {
    for (const report of forged(bounce(untouched))) expect((await postReport(app, name, report)).status).toBe(403);
    expect(await tracesOf(app, untouched)).toEqual(nothing);
  });

  it('is refused with 400 if its body is not what is documented', async () => {
    for (const body of broken(untouched)) {
      const { status } = await postReport(app, name, proven(body));
      expect(status, JSON.stringify(body)).toBe(400);
    }
    expect(await tracesOf(app, untouched)).toEqual(nothing);
  });

  it('of an unknown mail changes nothing', async () => {
    const unknown = { pk: '', to: 'a@library.example', id: randomUUID(), messageId: `${randomUUID()}@x.example` };
    expect(await postReport(app, name, proven(bounce(unknown)))).toEqual({ status: 200, body: { recorded: 0 } });
  });
});

describe('A message of Amazon SNS', () => {
  it('confirms the subscription to a topic in the settings, on its servers only', async () => {
    const { status, body } = await postReport(app, 'ses', subscription());
    expect([status, body]).toEqual([200, { recorded: 0 }]);
    expect(sns.confirmed).toEqual([expect.stringMatching(/Token=/)]);
    const elsewhere = await postReport(app, 'ses', subscription('https://library.example/?Action=ConfirmSubscription'));
    expect(elsewhere.status).toBe(400);
    const forged = { ...(subscription().body as object), Token: 'another' };
    expect((await postReport(app, 'ses', { body: forged, headers: {} })).status).toBe(403);
    expect(sns.confirmed).toHaveLength(1);
  });

  it('of a temporary bounce is shown at its mail and does nothing else', async () => {
    const mail = await sentMail('ses');
    expect((await postReport(app, 'ses', transientBounce(mail))).body).toEqual({ recorded: 1 });
    expect(await tracesOf(app, mail)).toEqual({
      ...nothing,
      feedback: [expect.objectContaining({ kind: 'transient', reason: expect.stringMatching(/^MailboxFull /) })],
    });
  });

  it('finds a mail that went to Amazon SES by SMTP', async () => {
    const mail = await sentMail('ses');
    await app.dataSource.query(
      `update delivery_attempt set provider = 'smtp', provider_message_id = $2 where message_uuid = $1`,
      [mail.pk, `${mail.id}@eu-west-1.amazonses.com`],
    );
    const { proven, bounce } = reportsOf('ses');
    expect((await postReport(app, 'ses', proven(bounce(mail)))).body).toEqual({ recorded: 1 });
  });

  it('that a topic was chosen changes nothing, and its certificate is fetched once', async () => {
    const calls = sns.calls;
    const Message = 'Successfully validated SNS topic for Amazon SES event publishing.';
    expect(await postReport(app, 'ses', snsMessage({ Message }))).toEqual({ status: 200, body: { recorded: 0 } });
    expect(sns.calls).toBe(calls);
  });

  it('is asked for again while its certificate cannot be fetched', async () => {
    const url = `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${'3'.repeat(32)}.pem`;
    expect((await postReport(app, 'ses', snsMessage({ Message: '{}' }, { url }))).status).toBe(503);
  });
});

describe('Feedback', () => {
  it('is not accepted from a provider without a secret, or an unknown one', async () => {
    const without = await startTestApp();
    for (const name of names) {
      const report = reportsOf(name).proven({});
      expect((await postReport(without, name, report)).status).toBe(404);
    }
    await without.stop();
    expect((await postReport(app, 'pigeon', { body: {}, headers: {} })).status).toBe(404);
  });

  it('suppresses nothing with EMAIL_FEEDBACK_SUPPRESSES=false', async () => {
    const keeping = await startTestApp({ ...environment, EMAIL_FEEDBACK_SUPPRESSES: 'false' });
    const mail = await sentMail('postmark', keeping);
    const { proven, bounce } = reportsOf('postmark');
    expect((await postReport(keeping, 'postmark', proven(bounce(mail)))).body).toEqual({ recorded: 1 });
    expect(await tracesOf(keeping, mail)).toMatchObject({ feedback: [{ kind: 'bounce' }], suppressions: [] });
    await keeping.stop();
  });

  it('has a reason that is cut inside a character', async () => {
    const mail = await sentMail('postmark');
    const { proven, bounce } = reportsOf('postmark');
    const report = proven({ ...bounce(mail), Description: '😀'.repeat(300), Details: '' });
    expect(await postReport(app, 'postmark', report)).toEqual({ status: 200, body: { recorded: 1 } });
  });

  it('keeps the suppression of an administrator, and replaces one that has expired', async () => {
    const { proven, bounce } = reportsOf('postmark');
    const blocked = await sentMail('postmark');
    await created(app.api.post('/mail/suppressions/', { address: blocked.to, note: 'Asked for it.' }));
    await postReport(app, 'postmark', proven(bounce(blocked)));
    expect((await tracesOf(app, blocked)).suppressions).toMatchObject([{ reason: 'manual', note: 'Asked for it.' }]);
    const expired = await sentMail('postmark');
    await created(app.api.post('/mail/suppressions/', { address: expired.to, expires: '2020-01-01T00:00:00Z' }));
    await postReport(app, 'postmark', proven(bounce(expired)));
    expect((await tracesOf(app, expired)).suppressions).toMatchObject([{ reason: 'bounce', expires: null }]);
  });

  it('on an unknown mail is asked for again while a mail is being sent, whose identifier is not recorded yet', async () => {
    const { proven, bounce } = reportsOf('postmark');
    const mail = await sentMail('postmark');
    const { to } = mail;
    const unknown = { ...mail, id: randomUUID() };
    await app.dataSource.query(
      `update mail_message set state = 'sending', next_attempt = now(), lease_until = now() + interval '1 minute'
        where message_uuid = $1`,
      [mail.pk],
    );
    expect((await postReport(app, 'postmark', proven(bounce(unknown)))).status).toBe(503);
    await app.dataSource.query(`update mail_message set state = 'sent', next_attempt = null where message_uuid = $1`, [
      mail.pk,
    ]);
    expect((await postReport(app, 'postmark', proven(bounce(unknown)))).body).toEqual({ recorded: 0 });
    expect((await app.api.get(`/mail/suppressions/?address=${to}`)).body.results).toEqual([]);
  });

  it('goes with its mail', async () => {
    const mail = await sentMail('postmark');
    const { proven, bounce } = reportsOf('postmark');
    await postReport(app, 'postmark', proven(bounce(mail)));
    await app.dataSource.query('delete from mail_message where message_uuid = $1', [mail.pk]);
    expect(await app.dataSource.query('select from mail_feedback where message_uuid = $1', [mail.pk])).toEqual([]);
    expect((await app.api.get(`/mail/suppressions/?address=${mail.to}`)).body.results).toHaveLength(1);
  });
});

describe('A report on the mail of a verification', () => {
  const { bounce, complaint, proven } = reportsOf('postmark');
  const endsOf = (path: string): Promise<unknown[]> =>
    app.dataSource.query(`select type, data ->> 'reason' as reason from outgoing_event where subject = $1`, [
      path.slice(1, -1).replace('verifications', 'verification'),
    ]);
  const verificationAt = async (path: string): Promise<unknown> => (await app.api.get(path)).body;

  it('of a bounce ends it as failed with what the provider says, once, until it is sent again', async () => {
    const { path, mail } = await sentVerification('postmark');
    expect(await verificationAt(path)).toMatchObject({ status: 'pending', reason: '' });
    const report = proven(bounce(mail));
    for (const _ of [1, 2]) expect((await postReport(app, 'postmark', report)).status).toBe(200);
    const reason = expect.stringMatching(/no such user/i);
    expect(await verificationAt(path)).toMatchObject({ status: 'failed', reason });
    expect(await endsOf(path)).toEqual([{ type: 'verification.failed', reason }]);
    await app.api.delete(`/mail/suppressions/${(await tracesOf(app, mail)).suppressions[0]!.pk}/`);
    expect((await app.api.post(`${path}resend/`)).body).toMatchObject({ status: 'pending', reason: '' });
  });

  it('of a bounce changes none that has ended, nor does a complaint', async () => {
    const canceled = await sentVerification('postmark');
    await app.api.post(`${canceled.path}cancel/`);
    const marked = await sentVerification('postmark');
    await postReport(app, 'postmark', proven(bounce(canceled.mail)));
    await postReport(app, 'postmark', proven(complaint(marked.mail)));
    expect(await verificationAt(canceled.path)).toMatchObject({ status: 'canceled', reason: '' });
    expect(await verificationAt(marked.path)).toMatchObject({ status: 'pending', reason: '' });
    expect(await endsOf(canceled.path)).toEqual([{ type: 'verification.canceled', reason: '' }]);
    expect(await endsOf(marked.path)).toEqual([]);
  });
});
