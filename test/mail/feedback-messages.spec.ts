import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { WebhookEndpointDto } from '../../src/webhooks/dto/webhook-endpoint.dto.js';
import { created } from '../factories/created.js';
import { nothing, postReport, tracesOf } from '../support/feedback.js';
import { ImapMailbox } from '../support/imap-mailbox.js';
import { MailProviderServer } from '../support/mail-provider-server.js';
import { complaintMail, deliveryStatus, multipart } from '../support/mail-reports.js';
import { messageOf } from '../support/mails.js';
import { basic, feedbackSecrets, messageLogin, reports, type SentMail } from '../support/provider-reports.js';
import { authorityFile } from '../support/smtp/certificates.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ...feedbackSecrets, TRUST_PROXY: '127.0.0.1' });
  await created<WebhookEndpointDto>(
    app.api.post('/webhooks/endpoints/', {
      name: 'feedback',
      url: 'https://webhooks.invalid/',
      event_types: ['mail.bounced', 'mail.complained'],
    }),
  );
});
afterAll(() => app.stop());

/** Queues a mail. No server accepts it. */
async function queuedMail(): Promise<SentMail> {
  const to = `${randomUUID()}@library.example`;
  const { message: pk } = (await app.api.post('/verifications/', { email: to })).body;
  const { messageId } = await messageOf(app, pk);
  return { pk, to, id: randomUUID(), messageId };
}

/** Queues a mail with an attempt whose server has accepted it some days ago. Which server does not matter here. */
async function sentMail(days = 0): Promise<SentMail> {
  const mail = await queuedMail();
  await app.dataSource.query(
    `insert into delivery_attempt (attempt_uuid, message_uuid, number, started, ended, outcome, provider)
     select $1::uuid, $2::uuid, 99, ended, ended, 'accepted', 'smtp' from (select now() - $3::int * interval '1 day' as ended) past`,
    [randomUUID(), mail.pk, days],
  );
  return mail;
}

const traces = (mail: SentMail) => tracesOf(app, mail);

describe('A large report', () => {
  const filler = Array.from({ length: 4_000 }, () => ({
    event: 'open',
    sg_message_id: randomUUID(),
    padding: 'x'.repeat(90),
  }));

  it('of SendGrid is read up to the 768 kB of its batches', async () => {
    const mail = await queuedMail();
    const { proven, forged, bounce } = reports['sendgrid']!;
    const batch = [...filler, ...(bounce(mail) as object[])];
    expect(JSON.stringify(batch).length).toBeGreaterThan(600_000);
    for (const report of forged(batch)) expect((await postReport(app, 'sendgrid', report)).status).toBe(403);
    expect((await postReport(app, 'sendgrid', proven([...batch, ...filler]))).status).toBe(413);
    expect(await postReport(app, 'sendgrid', proven(batch))).toEqual({ status: 200, body: { recorded: 1 } });
  });

  it('is not read if its header would have to prove it and does not', async () => {
    const { proven, forged } = reports['postmark']!;
    for (const report of forged(filler)) expect((await postReport(app, 'postmark', report)).status).toBe(403);
    expect((await postReport(app, 'postmark', proven(filler))).status).toBe(400);
  });

  it('waits while one from the same network is read, and not for those of others', async () => {
    const { port } = new URL(app.url);
    const strangers = Array.from({ length: 4 }, () => connect(Number(port), '127.0.0.1').on('error', () => undefined));
    for (const [index, stranger] of strangers.entries()) {
      stranger.write('POST /api/v3/mail/feedback/sendgrid/ HTTP/1.1\r\nHost: x\r\nContent-Length: 700000\r\n');
      stranger.write(`X-Forwarded-For: 192.0.2.${index}\r\n\r\n`);
    }
    const { body, headers } = reports['sendgrid']!.proven(filler);
    const statusFrom = async (ip: string): Promise<number> =>
      (await postReport(app, 'sendgrid', { body, headers: { ...headers, 'x-forwarded-for': ip } })).status;
    for (const index of strangers.keys()) {
      await expect.poll(() => statusFrom(`192.0.2.${index}`), { timeout: 20_000 }).toBe(503);
    }
    expect(await statusFrom('192.0.2.9')).toBe(200);
    for (const stranger of strangers) stranger.destroy();
    await expect.poll(() => statusFrom('192.0.2.1'), { timeout: 20_000 }).toBe(200);
  });
});

describe('A bounce that arrives as a mail', () => {
  const send = (body: string, headers = basic(messageLogin)) =>
    postReport(app, 'message', { body, headers: { 'content-type': 'message/rfc822', ...headers } });
  const recorded = (number: number) => ({ status: 200, body: { recorded: number } });

  it('is shown at its mail, suppresses its address and is an event, once', async () => {
    const mail = await sentMail();
    const delayed = deliveryStatus(mail, { action: 'delayed', status: '4.4.1' });
    expect(await send(delayed)).toEqual(recorded(1));
    expect(await traces(mail)).toMatchObject({ ...nothing, feedback: [{ kind: 'transient' }] });
    expect(await send(delayed)).toEqual(recorded(0));
    expect(await send(deliveryStatus(mail))).toEqual(recorded(1));
    expect(await send(deliveryStatus(mail))).toEqual(recorded(0));
    expect(await traces(mail)).toMatchObject({
      feedback: [
        { kind: 'transient' },
        { kind: 'bounce', provider: 'message', reason: expect.stringMatching(/No such/) },
      ],
      suppressions: [{ reason: 'bounce', message: mail.pk }],
      events: [{ type: 'mail.bounced', data: { recipient: mail.to } }],
    });
  });

  it('finds its mail by the ENVID, and can be a complaint', async () => {
    const [bounced, complained] = [await sentMail(), await sentMail()];
    const source = deliveryStatus(bounced, { original: '', envelopeId: bounced.pk });
    expect(await send(source)).toEqual(recorded(1));
    expect(await send(complaintMail(complained))).toEqual(recorded(1));
    expect((await traces(complained)).events).toMatchObject([{ type: 'mail.complained' }]);
  });

  it('suppresses no address without the Message-ID of a mail to it', async () => {
    const [mail, own] = [await sentMail(), await sentMail()];
    // Everything but the Message-ID is right.
    const guesses = [`${randomUUID()}@localhost`, mail.pk.slice(0, 8), `%@localhost`, mail.id];
    for (const messageId of guesses) expect(await send(deliveryStatus({ ...mail, messageId }))).toEqual(recorded(0));
    // The forger has got a mail: the report counts for its recipient, not for the address that it names.
    expect(await send(deliveryStatus({ ...own, to: mail.to }))).toEqual(recorded(1));
    expect(await traces(mail)).toEqual(nothing);
    expect((await traces(own)).suppressions).toHaveLength(1);
  });

  it('is not read without the login, and other mails change nothing', async () => {
    const mail = await sentMail();
    for (const headers of [{}, basic('bounces:another-password')]) {
      expect((await send(deliveryStatus(mail), headers)).status).toBe(403);
    }
    expect(await send(`Subject: Out of office\nIn-Reply-To: <${mail.messageId}>\n\nBack on Monday.\n`)).toEqual(
      recorded(0),
    );
    expect((await send('')).status).toBe(400);
    expect(await traces(mail)).toEqual(nothing);
  });

  it('can contain the whole mail, up to 1 MB', async () => {
    const mail = await sentMail();
    const source = deliveryStatus(mail).replace('\nHello\n', `\n${'Hello, Ada!\n'.repeat(30_000)}`);
    expect((await send(source, {})).status).toBe(403);
    expect(await send(source)).toEqual(recorded(1));
  });

  it('is accepted and skipped if it cannot be read, so that it keeps no other from being read', async () => {
    const mail = await sentMail();
    const parts = Array.from({ length: 1_001 }, () => ['text/plain', 'x'] as const);
    const unreadable = [
      multipart(parts),
      `To: ${'a,'.repeat(40_000)}\n\nHello`,
      deliveryStatus(mail) + 'x'.repeat(1_100_000),
    ];
    for (const source of unreadable) {
      expect(await send(source)).toEqual(recorded(0));
      expect((await send(source, {})).status).toBe(403);
    }
    // An identifier of Amazon SES that is unknown, while a mail is sent.
    await app.dataSource.query(
      `update mail_message set state = 'sending', next_attempt = now(), lease_until = now() + interval '1 minute'
        where message_uuid = $1`,
      [mail.pk],
    );
    const messageId = `${randomUUID()}@eu-west-1.amazonses.com`;
    expect(await send(deliveryStatus({ ...mail, messageId }))).toEqual(recorded(0));
  });

  it('counts only for a mail that a server has accepted in the last 14 days', async () => {
    const ignored = [await queuedMail(), await sentMail(15)];
    for (const mail of ignored) {
      expect(await send(deliveryStatus(mail))).toEqual(recorded(0));
      expect(await send(deliveryStatus(mail, { original: '', envelopeId: mail.pk }))).toEqual(recorded(0));
      expect(await traces(mail)).toEqual(nothing);
    }
    expect(await send(deliveryStatus(await sentMail(13)))).toEqual(recorded(1));
  });

  it('counts for no mail if its Message-ID and its ENVID name different ones', async () => {
    const [mail, own] = [await sentMail(), await sentMail()];
    expect(await send(deliveryStatus(mail, { envelopeId: own.pk }))).toEqual(recorded(0));
    expect(await send(deliveryStatus(own, { envelopeId: mail.pk }))).toEqual(recorded(0));
    expect(await traces(mail)).toEqual(nothing);
    expect(await send(deliveryStatus(mail, { envelopeId: mail.pk }))).toEqual(recorded(1));
  });

  it('is handed over by the line for Postfix in docs/mail.md', async () => {
    const mail = await sentMail();
    const docs = await readFile('docs/mail.md', 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'feedback-'));
    const [, command = ''] = /^ +noreply: "\|(.+)"$/m.exec(docs) ?? [];
    const [config = ''] = /^ +user = ".+"\n +header = ".+"$/m.exec(docs) ?? [];
    const file = join(folder, 'feedback.curl');
    await writeFile(file, config.replace('<user>:<password>', messageLogin));
    const here = command.replace('/etc/postfix/feedback.curl', file).replace('https://<this service>', app.url);
    const run = (line: string) =>
      new Promise<unknown>((resolve) => {
        const child = execFile('sh', ['-c', line], (error, stdout) => resolve(error?.code ?? stdout));
        child.stdin?.end(deliveryStatus(mail));
      });
    expect(await run(here)).toBe('{"recorded":1}');
    expect(await run(here.replace(/\/message\/ /, '/unknown/ '))).toBe(75);
    await rm(folder, { recursive: true });
  });

  const hasPython = spawnSync('python3', ['-c', '']).status === 0;
  it.runIf(hasPython)('is handed over by the script in docs/mail.md, past mails that are refused', async () => {
    const mail = await sentMail();
    const [, script = ''] = /^```python\n(.+?)^```/ms.exec(await readFile('docs/mail.md', 'utf8')) ?? [];
    const box = new ImapMailbox(['busy', 'malformed', deliveryStatus(mail)]);
    // In front of the service: it refuses two mails, as the service may.
    const refusals = new Map([
      ['busy', 503],
      ['malformed', 400],
    ]);
    const front = new MailProviderServer(({ body }) => ({ status: refusals.get(body) ?? 200 }));
    const env = {
      PATH: process.env['PATH'],
      SSL_CERT_FILE: authorityFile,
      IMAP_HOST: '127.0.0.1',
      IMAP_PORT: String(await box.listen()),
      IMAP_USER: 'service',
      IMAP_PASSWORD: 'secret',
      EMAIL_FEEDBACK_MESSAGE: messageLogin,
    };
    const runs = (url: string): Promise<unknown> =>
      promisify(execFile)('python3', ['-c', script], { env: { ...env, FEEDBACK_URL: url } });
    await runs(`http://${await front.listen()}/`);
    expect([...box.seen]).toEqual([2, 3]);
    box.seen.clear();
    await runs(`${app.url}/api/v3/mail/feedback/message/`);
    expect([...box.seen]).toEqual([1, 2, 3]);
    expect(await traces(mail)).toMatchObject({ feedback: [{ kind: 'bounce' }] });
    front.close();
    box.close();
  });
});
