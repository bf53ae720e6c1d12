import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { MailTransports } from '../../src/mail/transport/mail-transports.js';
import { type SmtpSettings, totalTimeoutMs } from '../../src/mail/transport/smtp/smtp-settings.js';
import type { Answer } from '../support/api-client.js';
import { createSendingStage, messageOf } from '../support/mails.js';
import { createPlainUser } from '../support/plain-user.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let folder: string;
let sink: SmtpSink;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stage-mail-'));
  await writeFile(join(folder, 'own.html'), '<p>Dear {{ user.username }}, {{ url }}</p>');
  await writeFile(join(folder, 'broken.html'), '{% if %}');
  sink = new SmtpSink((recipient) => {
    if (recipient.startsWith('nobody')) throw new SmtpRefusal(550, 'No such user here');
  });
  port = await sink.listen();
  app = await startTestApp({ DATA_DIR: folder, EMAIL_TEMPLATE_DIR: folder, PUBLIC_URL: 'https://login.example.org' });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => app.dataSource.query('delete from request_limit'));

function test(stage: string, body: object): Promise<Answer> {
  return app.api.post(`/stages/email/${stage}/test/`, body);
}

async function settled(pk: string): Promise<Record<string, any>> {
  const isOver = async (): Promise<boolean> =>
    ['sent', 'failed', 'captured'].includes((await messageOf(app, pk)).state);
  await expect.poll(isOver, { timeout: 20_000 }).toBe(true);
  return (await app.api.get(`/mail/messages/${pk}/`)).body;
}

describe('/stages/email/{id}/test/', () => {
  it('sends a test mail through the queue, the worker and the stage’s server', async () => {
    const stage = await createSendingStage(app, port, { fromAddress: 'stage@example.org' });
    const { status, body } = await test(stage, { to: 'admin@example.org' });
    expect(status).toBe(202);
    expect(await settled(body.message)).toMatchObject({
      state: 'sent',
      stage,
      template: 'email/setup.html',
      subject: 'Test email',
      from_address: 'stage@example.org',
      timeline: [{ outcome: 'accepted', code: 250, server: `127.0.0.1:${port}` }],
    });
    const mail = sink.mails.find(({ to }) => to === 'admin@example.org');
    expect(mail?.from).toBe('stage@example.org');
    expect(mail?.source).toMatch(/^Subject: =\?UTF-8\?Q\?Test_email_=E2=80=93_email-stage\?=\r$/m);
  });

  it('uses the requested template and language, and the subject of the stage', async () => {
    const stage = await createSendingStage(app, port, { subject: 'Reset your password' });
    const { body } = await test(stage, { to: 'de@example.org', template: 'email/password_reset.html', locale: 'de' });
    expect(await settled(body.message)).toMatchObject({ state: 'sent', locale: 'de', subject: 'Reset your password' });
    const mail = sink.mails.find(({ to }) => to === 'de@example.org');
    expect(mail?.source).toMatch(/^Subject: .*Passwort/m);
    expect(mail?.source).toContain('https://login.example.org');
  });

  it('limits each attempt to 60 s, even if the stage has a longer timeout', async () => {
    const send = vi.spyOn(app.nest.get(MailTransports, { strict: false }), 'send');
    const stage = await createSendingStage(app, port, { timeout: 3600 });
    const { body } = await test(stage, { to: 'bounded@example.org' });
    expect(await settled(body.message)).toMatchObject({ state: 'sent' });
    const [settings] = send.mock.calls.find(([, { to }]) => to.address === 'bounded@example.org')!;
    expect(totalTimeoutMs(settings as SmtpSettings)).toBe(60_000);
    send.mockRestore();
  });

  it('records the server’s reply if it refuses the mail', async () => {
    const { body } = await test(await createSendingStage(app, port), { to: 'nobody@example.org' });
    expect(await settled(body.message)).toMatchObject({
      state: 'failed',
      timeline: [
        { outcome: 'refused', provider: 'smtp', code: 550, reply: expect.stringContaining('No such user here') },
      ],
    });
  });

  it('captures the mail in the local mailbox without a server', async () => {
    const stage = await createSendingStage(app, port, { useGlobalSettings: true });
    const { body } = await test(stage, { to: 'local@example.org', template: 'own.html' });
    expect(await settled(body.message)).toMatchObject({
      state: 'captured',
      from_address: 'email-stage@localhost',
      timeline: [{ outcome: 'captured' }],
    });
    const headers = { authorization: `Bearer ${adminKey}` };
    const page = await (await fetch(`${app.url}/dev/mailbox/${body.message}/?view=text`, { headers })).text();
    expect(page).toContain('Dear local');
  });

  it('answers 400 for an invalid recipient, template and language, all reported at once', async () => {
    const stage = await createSendingStage(app, port);
    const { status, body } = await test(stage, { to: 'a@b, c@d', template: 'email/nothing.html', locale: 'a b' });
    expect([status, body]).toEqual([
      400,
      {
        to: ['Enter a valid email address.'],
        template: ["Invalid template 'email/nothing.html' specified."],
        locale: ['Enter a language tag, such as de or zh-Hans.'],
      },
    ]);
    expect((await test(stage, {})).body).toEqual({ to: ['This field is required.'] });
    expect((await test(stage, { to: 'a@example.org', template: 'email/base.html' })).status).toBe(400);
    expect((await test(stage, { to: 'a@example.org', template: '../../etc/passwd' })).status).toBe(400);
  });
});

const checkAsEvents = (stage: string): Promise<Response> =>
  fetch(`${app.url}/api/v3/stages/email/${stage}/check/`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', authorization: `Bearer ${adminKey}` },
  });

const eventsIn = (text: string): { event: string; data: any }[] =>
  [...text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)].map(([, event = '', data = '']) => ({
    event,
    data: JSON.parse(data),
  }));

describe('/stages/email/{id}/check/', () => {
  it('reports a working server', async () => {
    const { status, body } = await app.api.post(`/stages/email/${await createSendingStage(app, port)}/check/`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, verdict: expect.stringContaining('is ready') });
    expect(body.steps.map(({ name }: { name: string }) => name)).toContain('greeting');
    expect(body.transcript.join('\n')).toMatch(/^S: 220 /m);
  });

  it('reports an unreachable server, without returning the password', async () => {
    const created = await app.api.post('/stages/email/', {
      name: 'with a password',
      host: '127.0.0.1',
      port: 1,
      username: 'alice',
      password: 'hunter2-hunter2',
    });
    const { status, body } = await app.api.post(`/stages/email/${created.body.pk}/check/`);
    expect([status, body.ok]).toEqual([200, false]);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('streams each step as it ends to clients that ask for events, and then the result', async () => {
    const response = await checkAsEvents(await createSendingStage(app, port));
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = eventsIn(await response.text());
    const result = events.pop();
    expect(result).toMatchObject({ event: 'result', data: { ok: true } });
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['step']));
    expect(events.map(({ data }) => data)).toEqual(result!.data.steps);
  });

  it('streams no text of a service that does not speak SMTP, and refuses bad settings as JSON', async () => {
    const ftp = createServer((socket) => {
      socket.on('error', () => undefined).write('220 internal-name FTP ready\r\n');
      socket.on('data', () => socket.write('500 unknown command\r\n'));
    });
    await once(ftp.listen(0, '127.0.0.1'), 'listening');
    const stage = await createSendingStage(app, (ftp.address() as AddressInfo).port);
    const text = await (await checkAsEvents(stage)).text();
    ftp.close();
    expect(eventsIn(text).map(({ event }) => event)).toContain('step');
    expect(text).not.toContain('internal-name');
    const refused = await checkAsEvents(await createSendingStage(app, port, { useTls: true, useSsl: true }));
    expect([refused.status, await refused.json()]).toEqual([400, { non_field_errors: [expect.any(String)] }]);
  });

  it('answers 400 for use_tls together with use_ssl', async () => {
    const stage = await createSendingStage(app, port, { useTls: true, useSsl: true });
    const { status, body } = await app.api.post(`/stages/email/${stage}/check/`);
    expect(status).toBe(400);
    expect(body.non_field_errors).toEqual([expect.stringMatching(/use_tls and use_ssl/)]);
  });

  it('reports that mails stay in the local mailbox if the global settings have no server', async () => {
    const stage = await createSendingStage(app, port, { useGlobalSettings: true });
    const { body } = await app.api.post(`/stages/email/${stage}/check/`);
    expect(body).toMatchObject({ ok: false, steps: [], transcript: [] });
    expect(body.verdict).toContain('EMAIL_HOST');
    expect(body.verdict).toContain('https://login.example.org/dev/mailbox/');
  });
});

describe('/stages/email/templates/preview/', () => {
  it('renders a template with example values', async () => {
    const { status, body } = await app.api.post('/stages/email/templates/preview/', {
      template: 'email/account_confirmation.html',
      locale: 'fr',
    });
    expect(status).toBe(200);
    expect(body.html).toContain('<html lang="fr"');
    expect(body.text).toContain('https://login.example.org');
    expect(body.subject).not.toBe('');
    expect(body.warnings).toEqual([]);
  });

  it('renders a template with the given values, and warns about unreadable ones', async () => {
    const { body } = await app.api.post('/stages/email/templates/preview/', {
      template: 'own.html',
      subject: 'Hello',
      data: { user: { username: '<b>eve</b>' }, url: 'https://example.org/?a=1&b=2', token: 'x' },
    });
    expect(body).toMatchObject({
      subject: 'Hello',
      html: '<p>Dear &lt;b&gt;eve&lt;/b&gt;, https://example.org/?a=1&amp;b=2</p>',
      warnings: ['data: templates cannot read token'],
    });
  });

  it('answers 400 with the line of a template error', async () => {
    const { status, body } = await app.api.post('/stages/email/templates/preview/', { template: 'broken.html' });
    expect(status).toBe(400);
    expect(body.template).toEqual([expect.stringMatching(/^broken\.html, line 1: /)]);
  });

  it('answers 400 for values of the wrong type', async () => {
    const { status, body } = await app.api.post('/stages/email/templates/preview/', {
      template: 'own.html',
      data: { user: null, body: { toString: 1 }, key_value: [] },
    });
    expect([status, body]).toEqual([
      400,
      { data: ['body must be text.', 'user must be an object.', 'key_value must be an object.'] },
    ]);
  });
});

describe('A mail test', () => {
  it('requires permission to change stages', async () => {
    const stage = await createSendingStage(app, port);
    const statusesOf = async (...permissions: string[]): Promise<number[]> => {
      const client = app.client(await createPlainUser(app.dataSource, permissions));
      const answers = [
        await client.post(`/stages/email/${stage}/test/`, { to: 'a@example.org' }),
        await client.post(`/stages/email/${stage}/check/`),
        await client.post('/stages/email/templates/preview/', { template: 'own.html' }),
      ];
      return answers.map(({ status }) => status);
    };
    const [view, change] = ['authentik_stages_email.view_emailstage', 'authentik_stages_email.change_emailstage'];
    expect(await statusesOf(view)).toEqual([403, 403, 403]);
    expect(await statusesOf(view, change)).toEqual([202, 200, 200]);
  });

  it('is rate-limited per user', async () => {
    const permissions = ['authentik_stages_email.view_emailstage', 'authentik_stages_email.change_emailstage'];
    const [one, other] = [
      app.client(await createPlainUser(app.dataSource, permissions)),
      app.client(await createPlainUser(app.dataSource, permissions)),
    ];
    const preview = { template: 'own.html' };
    const answers = await Promise.all(
      Array.from({ length: 31 }, () => one.post('/stages/email/templates/preview/', preview)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
    const [refused] = answers.filter(({ status }) => status === 429);
    const wait = Number(refused?.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(300);
    expect(refused?.body).toEqual({ detail: `Too many requests. Try again in ${wait} seconds.` });
    expect((await other.post('/stages/email/templates/preview/', preview)).status).toBe(200);
    await app.dataSource.query(`update request_limit set ends = now()`);
    expect((await one.post('/stages/email/templates/preview/', preview)).status).toBe(200);
  });
});
