import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { createSendingStage, messageOf } from '../support/mails.js';
import { freePort } from '../support/service-process.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** What a command printed. */
interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

let app: TestApp;
let folder: string;
let sink: SmtpSink;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-test-'));
  // As root, the embedded server runs as another user, who needs access.
  await chmod(folder, 0o755);
  sink = new SmtpSink((recipient) => {
    if (recipient.startsWith('nobody')) throw new SmtpRefusal(550, 'No such user here');
    if (recipient.startsWith('later')) throw new SmtpRefusal(451, 'Come back later');
  });
  port = await sink.listen();
  // Without a worker, the command has to send the mail itself.
  app = await startTestApp({ ROLE: 'api', DATA_DIR: folder });
  await createSendingStage(app, port, { name: 'verify' });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
  await rm(folder, { recursive: true });
});

/**
 * Runs `email-stage email:test` of the compiled service.
 *
 * @param environment settings by name; none is inherited
 */
function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const { url } = app.dataSource.options as { url: string };
  const { PATH = '' } = process.env;
  const settings = { DATABASE_URL: url, SECRET_KEY: 'secret-key-of-the-tests-0123456789', DATA_DIR: folder };
  const command = ['--enable-source-maps', join(inject('compiledSources'), 'main.js'), 'email:test', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: { PATH, ...settings, ...environment } }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
  });
}

describe('email-stage email:test', { timeout: 120_000 }, () => {
  it('sends a mail with the settings of a stage and prints the server’s reply', async () => {
    const { code, output, errors } = await run(['admin@example.org', '--stage', 'verify', '--locale', 'de']);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/Queued for admin@example\.org as [0-9a-f-]{36}/);
    expect(output).toMatch(new RegExp(`Attempt 1: accepted by 127\\.0\\.0\\.1:${port}: 250 `));
    expect(output).toContain('The server accepted the mail.');
    expect(sink.mails.map(({ to }) => to)).toEqual(['admin@example.org']);
  });

  it('fails if the server refuses the mail', async () => {
    const { code, output } = await run(['nobody@example.org', '--stage', 'verify']);
    expect(code).toBe(1);
    expect(output).toMatch(/Attempt 1: refused by .*: 550 .*No such user here/);
    expect(output).toContain('The mail was not sent.');
  });

  it('fails if the mail is not accepted in time, and leaves it in the queue', async () => {
    const { code, output } = await run(['later@example.org', '--stage', 'verify', '--wait', '3']);
    expect(code).toBe(1);
    expect(output).toMatch(/Attempt 1: deferred by .*: 451 .*Come back later/);
    expect(output).toMatch(/Next attempt: \d{4}-/);
    expect(output).toContain('It stays queued');
    const [, pk = ''] = /Queued for \S+ as (\S+)/.exec(output) ?? [];
    expect((await messageOf(app, pk)).state).toBe('retrying');
  });

  it('prints the path of the mail if no mail server is set', async () => {
    const { code, output } = await run(['local@example.org', '--template', 'email/invitation.html']);
    expect(code).toBe(0);
    const [, path = ''] = /The mail is in (\S+\.eml)/.exec(output) ?? [];
    const mail = await simpleParser(await readFile(path));
    expect(mail.to).toMatchObject({ text: 'local@example.org' });
    expect(output).toMatch(/superusers read it at http\S+\/dev\/mailbox\/[0-9a-f-]{36}\/\n/);
  });

  it('starts and stops the embedded database', async () => {
    const environment = { DATABASE_URL: '', SECRET_KEY: '', PORT: String(await freePort()) };
    const { code, output, errors } = await run(['local@example.org'], environment);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain('Starting PostgreSQL');
    expect(output).toMatch(/read it at http\S+\/dev\/mailbox\/[0-9a-f-]{36}\/\?key=[\w-]{64}\n/);
    expect(output).not.toContain('Leaving PostgreSQL');
  });

  it('prints its usage', async () => {
    const { code, output, errors } = await run(['--help']);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/^usage: email-stage email:test ADDRESS/);
    expect(output).toContain('--stage NAME');
  });

  it.each([
    ['an unknown stage', ['a@example.org', '--stage', 'x'], "Stage 'x' does not exist\n"],
    ['an invalid address', ['a@b, c@d'], 'to: Enter a valid email address.\n'],
    ['an unknown option', ['a@example.org', '--stagee', 'x'], "Unknown option '--stagee'"],
  ])('refuses %s', async (_, args, message) => {
    const { code, output, errors } = await run(args);
    expect(code).toBe(1);
    expect(errors).toContain(message);
    expect(output).not.toContain('Queued');
  });
});
