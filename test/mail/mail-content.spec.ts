import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { createPlainUser } from '../support/plain-user.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let stage: string;
let templates: string;
const sink = new SmtpSink();

beforeAll(async () => {
  templates = await mkdtemp(join(tmpdir(), 'templates-'));
  const port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org', EMAIL_TEMPLATE_DIR: templates });
  stage = await createSendingStage(app, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
  await rm(templates, { recursive: true });
});

const code = { codeKey: randomUUID(), codeExpires: new Date(Date.now() + 600_000).toISOString() };
const linkTo = (parameter: string): object => ({ path: '/if/flow/x/', query: 'a=1', parameter, key: randomUUID() });

/** Sends a mail with a link, a code and a "not me" link. @returns its key, and the mail as it arrived */
async function send(template = 'email/account_confirmation.html'): Promise<{ pk: string; source: string }> {
  const address = `${randomUUID()}@example.org`;
  const mail = mailFrom(stage, address, { template, locale: 'de' });
  const data = { ...mail.data, ...code, link: linkTo('flow_token'), notMe: linkTo('key') } as typeof mail.data;
  const [pk] = await enqueue(app, { ...mail, data });
  const arrived = await vi.waitUntil(() => sink.mails.find(({ to }) => to === address), { timeout: 20_000 });
  await expect.poll(async () => (await app.api.get(`/mail/messages/${pk}/`)).body.state).toBe('sent');
  return { pk: pk!, source: arrived.source };
}

describe('/mail/messages/{id}/content/', () => {
  it('is the mail that was sent, with its secrets masked', async () => {
    const { pk, source } = await send();
    const { status, body } = await app.api.get(`/mail/messages/${pk}/content/`);
    expect(status).toBe(200);
    const sent = await simpleParser(source);
    const digits = /\b\d{6}\b/.exec(sent.text ?? '')?.[0] ?? '';
    expect(digits).not.toBe('');
    const masked = (text: string): string => text.replaceAll(/=[0-9a-f]{64}/g, '=XXXXXX').replaceAll(digits, 'XXXXXX');
    expect(body.text.trim()).toBe(masked(sent.text ?? '').trim());
    expect(body.text).toContain('flow_token=XXXXXX');
    expect(body).toMatchObject({ subject: sent.subject, locale: 'de', template_changed: false });
    const html = masked(String(sent.html)).replaceAll(/src="data:[^"]*"/g, 'src=""');
    expect(body.html.replaceAll(/src="data:[^"]*"/g, 'src=""').trim()).toBe(html.trim());
    expect(body.html).toMatch(/src="data:image\/png;base64,/);
    expect(JSON.stringify(body)).not.toMatch(/[0-9a-f]{64}/);
    const names = body.headers.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['From', 'To', 'Subject', 'Message-ID', 'Date', 'OTP-Token']));
    expect(body.headers).toContainEqual({ name: 'Message-ID', value: `<${pk}@example.org>` });
    expect(body.headers).toContainEqual({
      name: 'OTP-Token',
      value: '"XXXXXX"; origin="https://login.example.org"',
    });
  });

  it('says that the template was changed after the mail was sent, or cannot be used any longer', async () => {
    const file = join(templates, 'notice.html');
    await writeFile(file, '<p>First {{ url }}</p>');
    const { pk } = await send('notice.html');
    expect((await app.api.get(`/mail/messages/${pk}/content/`)).body.template_changed).toBe(false);
    await writeFile(file, '<p>Second {{ url }}</p>');
    const { body } = await app.api.get(`/mail/messages/${pk}/content/`);
    expect(body).toMatchObject({ template_changed: true, html: expect.stringContaining('Second https://login') });
    await rm(file);
    expect(await app.api.get(`/mail/messages/${pk}/content/`)).toMatchObject({
      status: 400,
      body: { non_field_errors: [expect.stringContaining('The template notice.html cannot be used')] },
    });
  });

  it('is shown to those who may view the mail', async () => {
    const { pk } = await send();
    const [nobody, viewer] = [
      app.client(await createPlainUser(app.dataSource)),
      app.client(await createPlainUser(app.dataSource, ['authentik_mail.view_mailmessage'])),
    ];
    expect((await nobody.get(`/mail/messages/${pk}/content/`)).status).toBe(403);
    expect((await viewer.get(`/mail/messages/${pk}/content/`)).status).toBe(200);
    expect((await viewer.get(`/mail/messages/${randomUUID()}/content/`)).status).toBe(404);
  });

  it('renders a mail that waits, and one whose stage was deleted', async () => {
    const [pk] = await enqueue(app, mailFrom(randomUUID(), 'a@example.org'));
    const { body } = await app.api.get(`/mail/messages/${pk}/content/`);
    expect(body).toMatchObject({ subject: 'Confirm', template_changed: false });
  });
});
