import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { importEntries, importFile } from '../factories/blueprint.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createSendingStage, enqueue, mailFrom, messageOf } from '../support/mails.js';
import { receivedMail } from '../support/received-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

let app: TestApp;
/** Another process on the same database. */
let other: TestApp;
let folder: string;
let port: number;
const sink = new SmtpSink();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-templates-'));
  await mkdir(join(folder, 'email'));
  port = await sink.listen();
  const database = await createTestDatabase();
  other = await startTestApp({ EMAIL_TEMPLATE_DIR: folder }, { ...database, drop: () => Promise.resolve() });
  app = await startTestApp({ EMAIL_TEMPLATE_DIR: folder }, database);
});
afterAll(async () => {
  await other.stop();
  await app.stop();
  await sink.close();
  await rm(folder, { recursive: true, force: true });
});

const unused = (): string => `email/${randomUUID()}.html`;

/** The HTML of a preview of the template that mails use. */
async function rendered(name: string, { api } = app): Promise<string> {
  const { status, body } = await api.post('/mail/templates/preview/', { name });
  expect({ status, problem: body.problem }).toEqual({ status: 200, problem: null });
  return body.html;
}

async function available(name: string): Promise<Record<string, unknown>> {
  const { body } = await app.api.get('/mail/templates/available/');
  return body.find((template: { name: string }) => template.name === name);
}

describe('A template in the database', () => {
  it('is shown as it was saved, with blanks and line breaks', async () => {
    const html = '\n  <p>{{ user.name }}</p>\r\n';
    expect(await createMailTemplate(app.api, { name: unused(), html, text: ' {{ url }}\n' })).toEqual({
      pk: expect.any(String),
      name: expect.stringMatching(/^email\//),
      html,
      text: ' {{ url }}\n',
      version: 1,
      created: expect.any(String),
      last_updated: expect.any(String),
    });
  });

  it('can be chosen by stages, at once in every process, and its mails are made of it', async () => {
    const { name } = await createMailTemplate(app.api, { html: '<p>Hello from the database</p>', text: 'Hello' });
    const { body } = await other.api.get('/stages/email/templates/');
    expect(body).toContainEqual(expect.objectContaining({ name, description: `Custom Template: ${name}` }));
    const stage = await createSendingStage(other, port, { template: name });
    const to = `${randomUUID()}@example.com`;
    await other.api.post(`/stages/email/${stage}/test/`, { to, template: name });
    expect(await receivedMail(sink, to)).toMatchObject({ html: expect.stringContaining('Hello from the database') });
  });

  it.each([
    ['', 'This field may not be blank.'],
    ['email/welcome.txt', 'Enter a path such as email/welcome.html.'],
    ['../welcome.html', 'Enter a path such as email/welcome.html.'],
    ['/email/welcome.html', 'Enter a path such as email/welcome.html.'],
    ['email//welcome.html', 'Enter a path such as email/welcome.html.'],
    ['email\\welcome.html', 'Enter a path such as email/welcome.html.'],
    [`${'a'.repeat(251)}.html`, 'Ensure this field has no more than 255 characters.'],
  ])('cannot have the name %j', async (name, message) => {
    const { status, body } = await app.api.post('/mail/templates/', { name, html: 'x' });
    expect({ status, body }).toMatchObject({ status: 400, body: { name: expect.arrayContaining([message]) } });
  });

  it('is refused with the place of the error if it cannot be parsed', async () => {
    const html = '<p>\n  {# note #} {% nonsense %}\n</p>';
    const answer = await app.api.post('/mail/templates/', { name: unused(), html, text: '\n{% comment %}' });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        html: ['Line 2, column 14: tag "nonsense" not found'],
        text: ['Line 2, column 1: {% comment %} is not closed by {% endcomment %}'],
      },
    });
  });

  it('has at most 256 KiB', async () => {
    const { body } = await app.api.post('/mail/templates/', { name: unused(), html: 'ä'.repeat(131_073) });
    expect(body).toEqual({ html: ['A template has at most 262144 bytes.'] });
  });

  it('cannot have the name of another one, also when both requests arrive together', async () => {
    const request = { name: unused(), html: 'x' };
    const answers = await Promise.all([1, 2].map(() => app.api.post('/mail/templates/', request)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused?.body).toEqual({ name: ['mail template with this name already exists.'] });
  });

  it('is found by words of its name and its source', async () => {
    const word = randomUUID();
    const { pk } = await createMailTemplate(app.api, { html: `<p>${word}</p>` });
    const { body } = await app.api.get(`/mail/templates/?search=${word}`);
    expect(body.results.map((found: { pk: string }) => found.pk)).toEqual([pk]);
  });
});

describe('The template that mails use', () => {
  it('is that of the folder, else that of the database, else the shipped one', async () => {
    const name = 'email/account_exists.html';
    expect(await available(name)).toMatchObject({ place: 'shipped', places: ['shipped'], stored: null });
    const { pk } = await createMailTemplate(app.api, { name, html: 'from the database' });
    expect(await rendered(name, other)).toBe('from the database');
    await writeFile(join(folder, name), 'from the folder');
    expect(await rendered(name)).toBe('from the folder');
    expect(await available(name)).toMatchObject({ places: ['folder', 'database', 'shipped'], stored: pk, version: 1 });
    await rm(join(folder, name));
    expect((await app.api.delete(`/mail/templates/${pk}/`)).status).toBe(204);
    expect(await rendered(name, other)).toContain('You already have an account');
  });

  it('changes at once in every process', async () => {
    const { pk, name } = await createMailTemplate(app.api, { html: 'first' });
    expect(await rendered(name, other)).toBe('first');
    for (const html of ['second', 'third']) {
      await app.api.patch(`/mail/templates/${pk}/`, { html });
      expect(await rendered(name, other)).toBe(html);
    }
  });

  it('may extend the shipped one that it replaces, and other templates use it', async () => {
    const html = '{% extends "email/base.html" %}{% block footer %}<td>Our own footer</td>{% endblock %}';
    const { pk } = await createMailTemplate(app.api, { name: 'email/base.html', html });
    expect(await rendered('email/setup.html', other)).toContain('Our own footer');
    await app.api.delete(`/mail/templates/${pk}/`);
    expect(await rendered('email/setup.html', other)).not.toContain('Our own footer');
  });

  it('has a text part made of its HTML if it has none, and never the shipped text', async () => {
    const name = 'email/setup.html';
    const { pk } = await createMailTemplate(app.api, { name, html: '<p>Only HTML</p>' });
    const shown = async (): Promise<string> => (await app.api.post('/mail/templates/preview/', { name })).body.text;
    expect(await shown()).toBe('Only HTML\n');
    await app.api.patch(`/mail/templates/${pk}/`, { text: 'Only text' });
    expect(await shown()).toBe('Only text\n');
    await app.api.delete(`/mail/templates/${pk}/`);
  });

  it('has its source, languages and subject, whichever place it is in', async () => {
    expect(await available('email/password_reset.html')).toMatchObject({
      subject: 'Reset your password',
      selectable: true,
      part: false,
      has_text: true,
      languages: ['en', 'de', 'fr', 'es', 'zh-Hans', 'ar'],
    });
    expect(await available('email/base.html')).toMatchObject({ selectable: false, part: true });
    const { name } = await createMailTemplate(app.api, { html: '<p>{% trans "Not in a catalog" %}</p>' });
    expect(await available(name)).toMatchObject({ languages: ['en'], has_text: false, selectable: true });
    const path = `/mail/templates/source/?name=${encodeURIComponent('email/password_reset.html')}`;
    const { body } = await app.api.get(path);
    expect(body).toMatchObject({ place: 'shipped', stored: null, version: null });
    expect(body.html).toContain('{% extends');
    expect(body.text).toContain('{{ url }}');
    for (const unknown of ['email/nothing.html', '../../package.json', 'email/logo.png']) {
      expect((await app.api.get(`/mail/templates/source/?name=${encodeURIComponent(unknown)}`)).status).toBe(404);
    }
  });

  it('can be deleted while a mail waits, which says why it waits and is sent when the template is back', async () => {
    const { pk, name } = await createMailTemplate(app.api);
    const stage = await createSendingStage(app, port, { template: 'email/setup.html' });
    expect((await app.api.delete(`/mail/templates/${pk}/`)).status).toBe(204);
    const [message = ''] = await enqueue(app, mailFrom(stage, 'late@example.org', { template: name }));
    await expect.poll(async () => (await messageOf(app, message)).state, { timeout: 20_000 }).toBe('retrying');
    const { deliveryAttempts: [attempt] = [] } = await messageOf(app, message);
    expect(attempt?.reason).toBe(`The template ${name} cannot be used: ${name}: there is no such template`);
    await createMailTemplate(app.api, { name });
    expect((await app.api.post(`/mail/messages/${message}/requeue/`)).status).toBe(200);
    await expect.poll(async () => (await messageOf(app, message)).state, { timeout: 20_000 }).toBe('sent');
  });
});

describe('A template in use', () => {
  it('cannot be deleted or renamed, unless another place has one of its name', async () => {
    const { pk, name } = await createMailTemplate(app.api);
    const stage = await createEmailStage(app.api, { template: name });
    const uses = await app.api.get(`/mail/templates/${pk}/used_by/`);
    expect(uses.body).toEqual([
      {
        app: 'authentik_stages_email',
        model_name: 'emailstage',
        pk: stage.pk,
        name: `Stage ${stage.name}`,
        action: 'set_default',
      },
    ]);
    const refused = {
      status: 400,
      body: { non_field_errors: [`A stage uses ${name}. Choose another template there first.`] },
    };
    expect(await app.api.delete(`/mail/templates/${pk}/`)).toMatchObject(refused);
    expect(await app.api.patch(`/mail/templates/${pk}/`, { name: unused() })).toMatchObject(refused);
    await writeFile(join(folder, name), 'from the folder');
    expect((await app.api.delete(`/mail/templates/${pk}/`)).status).toBe(204);
    expect(await rendered(name)).toBe('from the folder');
  });
});

describe('The versions of a template', () => {
  it('have content, time and user of each change, and can be restored', async () => {
    const { pk } = await createMailTemplate(app.api, { html: 'first', text: 'one' });
    const path = `/mail/templates/${pk}/`;
    await app.api.patch(path, { html: 'second', text: '' });
    const { body } = await app.api.get(`${path}versions/`);
    const saved = { name: expect.any(String), username: 'akadmin', created: expect.any(String) };
    expect(body).toEqual([
      { version: 2, ...saved, size: 6 },
      { version: 1, ...saved, size: 8 },
    ]);
    expect((await app.api.get(`${path}versions/1/`)).body).toMatchObject({ html: 'first', text: 'one' });
    expect((await app.api.get(`${path}versions/3/`)).status).toBe(404);
    const restored = await app.api.post(`${path}restore/`, { version: 1, expected_version: 2 });
    expect(restored.body).toMatchObject({ html: 'first', text: 'one', version: 3 });
    expect((await app.api.get(`${path}versions/2/`)).body).toMatchObject({ html: 'second' });
    expect((await app.api.post(`${path}restore/`, { version: 9 })).status).toBe(404);
  });

  it('are not added by a request that changes nothing', async () => {
    const { pk, html } = await createMailTemplate(app.api);
    expect((await app.api.patch(`/mail/templates/${pk}/`, { html })).body).toMatchObject({ version: 1 });
  });

  it('are the latest 100', async () => {
    const { pk } = await createMailTemplate(app.api);
    await app.dataSource.query('update mail_template set version = 100 where template_uuid = $1', [pk]);
    await app.api.patch(`/mail/templates/${pk}/`, { html: 'newer' });
    const { body } = await app.api.get(`/mail/templates/${pk}/versions/`);
    expect(body.map(({ version }: { version: number }) => version)).toEqual([101]);
  });
});

describe('Two editors', () => {
  it('do not overwrite each other: the second one is refused, and nothing is lost', async () => {
    const { pk } = await createMailTemplate(app.api, { html: 'first' });
    const path = `/mail/templates/${pk}/`;
    const changes = ['one', 'two'].map((html) => app.api.patch(path, { html, expected_version: 1 }));
    const answers = await Promise.all(changes);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toEqual({
      detail: 'This was changed meanwhile: version 2 is current. Look at it, then save your change again.',
    });
    const kept = answers.find(({ status }) => status === 200);
    expect((await app.api.get(path)).body.html).toBe(kept?.body.html);
    expect((await app.api.post(`${path}restore/`, { version: 1, expected_version: 1 })).status).toBe(409);
  });
});

describe('Permissions', () => {
  const codenames = ['view', 'add', 'change', 'delete'].map((action) => `authentik_mail.${action}_mailtemplate`);

  it('let only superusers write a template: it gets the links of all users', async () => {
    const { pk, html } = await createMailTemplate(app.api, { html: 'first' });
    await app.api.patch(`/mail/templates/${pk}/`, { html: 'second' });
    const { api } = await createActor(app, codenames);
    expect((await api.post('/mail/templates/', { name: unused(), html })).status).toBe(403);
    expect((await api.patch(`/mail/templates/${pk}/`, { html: 'evil' })).status).toBe(403);
    expect((await api.post(`/mail/templates/${pk}/restore/`, { version: 1 })).status).toBe(403);
    expect((await app.api.get(`/mail/templates/${pk}/`)).body).toMatchObject({ html: 'second', version: 2 });
    expect((await api.delete(`/mail/templates/${pk}/`)).status).toBe(204);
  });

  it('hide templates from others, and show single ones to those with a permission on them', async () => {
    const { pk } = await createMailTemplate(app.api);
    const { api, user } = await createActor(app);
    expect((await api.get('/mail/templates/')).status).toBe(403);
    for (const path of ['available/', 'source/?name=email/setup.html']) {
      expect((await api.get(`/mail/templates/${path}`)).status).toBe(403);
    }
    for (const path of ['', 'versions/', 'versions/1/', 'used_by/']) {
      expect((await api.get(`/mail/templates/${pk}/${path}`)).status).toBe(403);
    }
    await allow(app, user.pk, {
      permissions: ['authentik_mail.view_mailtemplate'],
      model: 'authentik_mail.mailtemplate',
      object_pk: pk,
    });
    expect((await api.get(`/mail/templates/${pk}/versions/`)).status).toBe(200);
  });
});

describe('Files', () => {
  const entry = (name: string, attrs: object): object => ({
    ...{ model: 'authentik_mail.mailtemplate', identifiers: { name }, attrs },
  });

  it('add a template and a stage that uses it, and apply again without a new version', async () => {
    const name = unused();
    const stage = `stage-${randomUUID()}`;
    const entries = [
      entry(name, { html: '<p>{{ url }}</p>' }),
      { model: 'authentik_stages_email.emailstage', identifiers: { name: stage }, attrs: { template: name } },
    ];
    for (let time = 0; time < 2; time += 1) {
      expect((await importEntries(app.api, entries))[0]).toBe(true);
    }
    const { body } = await app.api.get(`/mail/templates/?name=${encodeURIComponent(name)}`);
    expect(body.results).toEqual([expect.objectContaining({ version: 1 })]);
  });

  it('have the templates of the stages of a flow, and those that they extend', async () => {
    const frame = await createMailTemplate(app.api, { html: '{% block a %}{% endblock %}' });
    const template = await createMailTemplate(app.api, { html: `{% extends "${frame.name}" %}`, text: 'Hello' });
    await createMailTemplate(app.api);
    const flow = await createFlow(app.api);
    const stage = await createEmailStage(app.api, { template: template.name });
    await createBinding(app.api, { target: flow.pk, stage: stage.pk, order: 0 });
    const { body: text } = await app.api.get<string>(`/flows/instances/${flow.slug}/export/`);
    expect(text.match(/model: authentik_mail\.mailtemplate/g)).toHaveLength(2);
    expect(text).toContain(template.name);
    expect(text.indexOf(template.name)).toBeLessThan(text.indexOf('model: authentik_stages_email.emailstage'));
    expect((await importFile(app.api, text)).body).toMatchObject({ success: true });
  });
});
