import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createActor } from '../factories/actor.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createSendingStage, messageOf } from '../support/mails.js';
import { receivedMail } from '../support/received-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let port: number;
const sink = new SmtpSink();

beforeAll(async () => {
  port = await sink.listen();
  app = await startTestApp({
    PUBLIC_URL: 'https://login.example.org',
    EMAIL_URL: `smtp://127.0.0.1:${port}`,
    EMAIL_FROM: 'service@example.org',
  });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query('delete from request_limit'));

const name = 'email/draft.html';

async function preview(request: object): Promise<any> {
  const { status, body } = await app.api.post('/mail/templates/preview/', { name, ...request });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

const codes = ({ findings }: any): string[] => findings.map(({ code }: any) => code);

describe('A preview', () => {
  it('shows a source that is not saved in a language, with headers and sizes', async () => {
    const stage = await createSendingStage(app, port, { fromAddress: 'books@library.example', subject: 'Welcome' });
    const html = '<p>{% trans "Confirm your email address" %}: {{ user.name }} {{ url }} {{ code }}</p>';
    const body = await preview({ html, text: 'Text {{ url }}', stage, locale: 'de', data: { user: { name: 'Ada' } } });
    expect(body).toMatchObject({ problem: null, subject: 'Willkommen', locale: 'de', findings: [] });
    expect(body.html).toBe('<p>E-Mail-Adresse bestätigen: Ada https://login.example.org 123456</p>');
    expect(body.text).toMatch(/^Text https:\/\/login\.example\.org/);
    const headers = Object.fromEntries(body.headers.map((header: any) => [header.name, header.value]));
    expect(headers).toMatchObject({
      From: expect.stringContaining('<books@library.example>'),
      To: 'jane.doe@example.org',
      Subject: 'Willkommen',
      'Auto-Submitted': 'auto-generated',
    });
    expect(body.html_size).toBe(Buffer.byteLength(body.html));
    expect(body.size).toBeGreaterThan(body.html_size);
    expect((await app.api.get('/mail/templates/?search=draft')).body.results).toEqual([]);
  });

  it('shows a shipped template with its logo', async () => {
    const body = await preview({ name: 'email/password_reset.html' });
    expect(body.images).toEqual([{ cid: 'logo', url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) }]);
    expect(body.html).toContain('cid:logo');
    expect(codes(body)).toEqual([]);
  });

  it.each([
    ['<p>\n{# a #}<b>{% nonsense %}</b>', { template: name, line: 2, column: 11, message: 'tag "nonsense" not found' }],
    ['\n\n  {{ url|nonsense }}', { template: name, line: 3, column: 3, message: 'undefined filter: nonsense' }],
    [
      'x\n {% include "email/missing.html" %}',
      { template: name, line: 2, column: 2, message: 'there is no template "email/missing.html"' },
    ],
    [
      'x {% verbatim %}',
      { template: name, line: 1, column: 3, message: '{% verbatim %} is not closed by {% endverbatim %}' },
    ],
  ])('says where the error is in %j', async (html, problem) => {
    expect(await preview({ html })).toMatchObject({ problem, html: '', findings: [] });
  });

  it('names the template that an error is in, if it is another one', async () => {
    const part = await createMailTemplate(app.api, { html: '{% include "email/missing.html" %}' });
    const body = await preview({ html: `{% include "${part.name}" %}` });
    expect(body.problem).toMatchObject({ template: part.name, line: 1 });
  });

  it('refuses an unknown template, stage, language and values of the wrong type', async () => {
    const request = { name: 'email/nothing.html', stage: randomUUID(), locale: '???', data: { user: 'Ada' } };
    const { status, body } = await app.api.post('/mail/templates/preview/', request);
    expect({ status, fields: Object.keys(body).sort() }).toEqual({ status: 400, fields: ['data', 'locale', 'stage'] });
    const unknown = await app.api.post('/mail/templates/preview/', { name: 'email/nothing.html' });
    expect(unknown.body).toEqual({ name: ["Invalid template 'email/nothing.html' specified."] });
  });

  it('escapes values, and has no secret: its link and code confirm nothing', async () => {
    const body = await preview({
      html: '<p>{{ user.name }}{{ url }}{{ not_me_url }}{{ recovery_url }}{{ code }}{{ settings.SECRET_KEY }}</p>',
      data: { user: { name: '<script>alert(1)</script>' } },
    });
    const link = 'https://login.example.org';
    expect(body.html).toBe(`<p>&lt;script&gt;alert(1)&lt;/script&gt;${link}${link}${link}123456</p>`);
    expect(await app.dataSource.query('select 1 from flow_token')).toEqual([]);
  });

  it('is for those who may view templates', async () => {
    const { api } = await createActor(app);
    expect((await api.post('/mail/templates/preview/', { name: 'email/setup.html' })).status).toBe(403);
    const viewer = await createActor(app, ['authentik_mail.view_mailtemplate']);
    expect((await viewer.api.post('/mail/templates/preview/', { name: 'email/setup.html' })).status).toBe(200);
  });
});

describe('The findings of a preview', () => {
  it('are a missing text part, link and code, an image without a text, and what Gmail clips', async () => {
    const html = `<p>Hello</p>\n<img src="x.png">\n<p>${'long '.repeat(21_000)}</p>`;
    const body = await preview({ html });
    expect(codes(body).sort()).toEqual(['clipped', 'no_alt', 'no_link', 'no_text_part']);
    expect(body.findings).toContainEqual(expect.objectContaining({ code: 'no_alt', line: 2, severity: 'warning' }));
  });

  it('are what common mail programs do not support, with its line', async () => {
    const html = '<p>{{ url }} {{ code }}</p>\n<div style="display: flex">x</div>\n<video></video>';
    const { findings } = await preview({ html, text: '{{ url }}' });
    expect(findings).toContainEqual({
      code: 'unsupported',
      severity: 'warning',
      message: 'display:flex is not supported by Outlook.',
      feature: 'display:flex',
      programs: ['Outlook'],
      line: 2,
    });
    expect(findings).toContainEqual(expect.objectContaining({ feature: '<video> element', line: 3 }));
  });

  it('are the warnings of the template language, and a text part without the link', async () => {
    const { findings } = await preview({ html: '<p>{{ url }} {{ code }} {{ nonsense }}</p>', text: 'Hello' });
    expect(findings.map(({ code, message }: any) => [code, message])).toEqual([
      ['warning', 'there is no variable "nonsense"'],
      ['no_link_in_text', 'The text part has neither the link nor the code.'],
    ]);
  });

  it('do not hold up the service, however long the HTML is', async () => {
    const html = `<p>{{ url }} {{ code }}</p>${'<div style="display:flex;gap:3px">'.repeat(7000)}`;
    expect(codes(await preview({ html, text: '{{ url }}' }))).toContain('clipped');
  });
});

describe('A mail to oneself', () => {
  const html = '<p>A draft: {{ url }} {{ code }}</p>';

  it('goes through the outbox with a source that is not saved', async () => {
    const me = `${randomUUID()}@example.org`;
    await app.api.patch(`/core/users/${(await app.api.get('/core/users/me/')).body.user.pk}/`, { email: me });
    const { status, body } = await app.api.post('/mail/templates/send/', { name, html, text: '', locale: 'de' });
    expect(status).toBe(202);
    const sent = await receivedMail(sink, me);
    expect(sent.html).toContain('A draft: https://login.example.org 123456');
    expect(await messageOf(app, body.message)).toMatchObject({ template: name, recipientAddress: me });
  });

  it('is sent as saved to those who may change templates, and as a draft only to superusers', async () => {
    const email = `${randomUUID()}@example.org`;
    const { api } = await createActor(app, ['authentik_mail.change_mailtemplate'], { email });
    expect((await api.post('/mail/templates/send/', { name, html })).status).toBe(403);
    const { status, body } = await api.post('/mail/templates/send/', { name: 'email/setup.html' });
    expect(status).toBe(202);
    expect((await receivedMail(sink, email, body.message)).html).toContain('Your email settings work');
    const { api: stranger } = await createActor(app, ['authentik_mail.view_mailtemplate'], { email });
    expect((await stranger.post('/mail/templates/send/', { name: 'email/setup.html' })).status).toBe(403);
  });

  it('is refused without an address, and with a template that cannot be rendered', async () => {
    const { api } = await createActor(app, ['authentik_mail.change_mailtemplate'], { email: '' });
    const refused = await api.post('/mail/templates/send/', { name: 'email/setup.html' });
    expect(refused).toMatchObject({ status: 400, body: { non_field_errors: ['Your account has no email address.'] } });
    const broken = await app.api.post('/mail/templates/send/', { name, html: '\n{% nonsense %}' });
    expect(broken.body).toEqual({ html: ['email/draft.html, line 2: tag "nonsense" not found'] });
  });

  it('is queued once for the same key', async () => {
    const options = { headers: { 'Idempotency-Key': randomUUID() } };
    const request = { name: 'email/setup.html' };
    const answers = [
      await app.api.post('/mail/templates/send/', request, options),
      await app.api.post('/mail/templates/send/', request, options),
    ];
    expect(new Set(answers.map(({ body }) => body.message)).size).toBe(1);
  });
});
