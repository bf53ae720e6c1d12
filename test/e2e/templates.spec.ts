import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { createPlainUser } from '../support/plain-user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let scratch: string;
let folder: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'email-stage-templates-'));
  folder = join(scratch, 'templates');
  app = await startTestApp({ EMAIL_TEMPLATE_DIR: folder });
});
beforeEach(() => rm(folder, { recursive: true, force: true }));
afterAll(async () => {
  await app.stop();
  await rm(scratch, { recursive: true, force: true });
});

/** Writes files below the folder of templates. */
async function write(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), '<p>{{ url }}</p>');
  }
}

function choice(name: string, description: string): object {
  return { name, description, component: '', model_name: '', requires_enterprise: false };
}

const shipped = [
  choice('email/password_reset.html', 'Password Reset'),
  choice('email/account_confirmation.html', 'Account Confirmation'),
  choice('email/address_change.html', 'Address Change'),
];

/** The paths of the custom templates. */
async function custom(): Promise<string[]> {
  const { status, body } = await app.api.get<{ name: string; description: string }[]>('/stages/email/templates/');
  expect([status, body.slice(0, 3)]).toEqual([200, shipped]);
  const others = body.slice(3);
  expect(others).toEqual(others.map(({ name }) => choice(name, `Custom Template: ${name}`)));
  return others.map(({ name }) => name);
}

describe('The available templates', () => {
  it('are the built-in ones without a custom folder', async () => {
    const { body } = await app.api.get('/stages/email/templates/');
    expect(JSON.stringify(body)).toBe(JSON.stringify(shipped));
  });

  it('are visible to every user, and answer 403 without credentials', async () => {
    const plain = app.client(await createPlainUser(app.dataSource));
    expect((await plain.get('/stages/email/templates/')).body).toEqual(shipped);
    const { status, body } = await app.client(undefined).get('/stages/email/templates/');
    expect([status, body]).toEqual([403, { detail: 'Authentication credentials were not provided.' }]);
  });

  it('are not paginated, filtered, searched or sorted', async () => {
    await write('a.html');
    const { body } = await app.api.get('/stages/email/templates/?page=99&page_size=1&name=x&search=y&ordering=-name');
    expect(body).toHaveLength(4);
  });

  it('include the HTML files in the custom folder and its subfolders', async () => {
    await write(
      'welcome.html',
      'de/welcome.html',
      'de/at/hi there.html',
      'notes.txt',
      'de/x.htm',
      'de/x.html.bak',
      'HTML',
    );
    expect(await custom()).toEqual(['de/at/hi there.html', 'de/welcome.html', 'welcome.html']);
  });

  it('may have the name of a built-in one', async () => {
    await write('email/password_reset.html');
    expect(await custom()).toEqual(['email/password_reset.html']);
  });

  it('are read on every request', async () => {
    await write('a.html');
    expect(await custom()).toEqual(['a.html']);
    await write('b.html');
    await rm(join(folder, 'a.html'));
    expect(await custom()).toEqual(['b.html']);
    await rm(folder, { recursive: true });
    expect(await custom()).toEqual([]);
  });

  it('include no folders, broken links or links to folders', async () => {
    await write('good.html', 'folder.html/inside.html');
    await symlink('nowhere.html', join(folder, 'dangling.html'));
    await symlink('loop.html', join(folder, 'loop.html'));
    await symlink('folder.html', join(folder, 'linked.html'));
    expect(await custom()).toEqual(['folder.html/inside.html', 'good.html']);
  });

  it('include links within the folder, but no links that lead out of it', async () => {
    const outside = join(scratch, 'outside');
    await mkdir(outside, { recursive: true });
    await writeFile(join(outside, 'secret.html'), 'not for mails');
    await write('..data/real.html');
    await symlink('..data/real.html', join(folder, 'linked.html'));
    await symlink(join(outside, 'secret.html'), join(folder, 'absolute.html'));
    await symlink('../outside/secret.html', join(folder, 'relative.html'));
    await symlink(outside, join(folder, 'elsewhere'));
    await symlink('/etc/hostname', join(folder, 'hostname.html'));
    expect(await custom()).toEqual(['..data/real.html', 'linked.html']);
  });

  it('may be in a custom folder that is itself a link', async () => {
    const real = join(scratch, 'real');
    await mkdir(real, { recursive: true });
    await writeFile(join(real, 'a.html'), 'x');
    await symlink(real, folder);
    expect(await custom()).toEqual(['a.html']);
  });

  it('are the built-in ones if the custom folder is a file', async () => {
    await writeFile(folder, 'no folder');
    expect(await custom()).toEqual([]);
  });
});

describe('The template of an email stage', () => {
  it.each(['email/password_reset.html', 'email/account_confirmation.html'])('can be %s', async (template) => {
    expect(await createEmailStage(app.api, { template })).toMatchObject({ template });
  });

  it('can be a custom one while its file exists', async () => {
    await write('de/welcome.html');
    const stage = await createEmailStage(app.api, { template: 'de/welcome.html' });
    await rm(folder, { recursive: true });
    const { status, body } = await app.api.patch(`/stages/email/${stage.pk}/`, { template: 'de/welcome.html' });
    expect([status, body]).toEqual([400, { template: ["Invalid template 'de/welcome.html' specified."] }]);
    expect((await app.api.patch(`/stages/email/${stage.pk}/`, { port: 1 })).body.template).toBe('de/welcome.html');
  });

  it.each([
    ...[
      'foobar',
      'email/email_otp.html',
      'email/event_notification.html',
      'email/invitation.html',
      'EMAIL/password_reset.html',
    ],
    ...['/etc/passwd', '../outside/secret.html', 'email/../email/password_reset.html', './email/password_reset.html'],
  ])('cannot be %s', async (template) => {
    const { status, body } = await app.api.post('/stages/email/', { name: 'x', template });
    expect([status, body]).toEqual([400, { template: [`Invalid template '${template}' specified.`] }]);
  });

  it('cannot be a link out of the folder', async () => {
    await mkdir(folder);
    await symlink('/etc/hostname', join(folder, 'hostname.html'));
    const { status } = await app.api.post('/stages/email/', { name: 'x', template: 'hostname.html' });
    expect(status).toBe(400);
  });

  it.each<[unknown, string]>([
    ['', 'This field may not be blank.'],
    [null, 'This field may not be null.'],
    [true, 'Not a valid string.'],
    ['a\0', 'Null characters are not allowed.'],
    [5, "Invalid template '5' specified."],
  ])('is refused if it is %j', async (template, message) => {
    const { status, body } = await app.api.post('/stages/email/', { name: 'x', template });
    expect([status, body]).toEqual([400, { template: [message] }]);
  });
});
