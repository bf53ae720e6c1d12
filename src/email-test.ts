import 'reflect-metadata';

import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { DataSource } from 'typeorm';

import { createLogger } from './config/logger.js';
import { environment, readSettings } from './config/read-settings.js';
import { publicUrl, type Settings } from './config/settings.js';
import { type App, createApp } from './configure-app.js';
import { dataSourceOptions } from './data-source.js';
import { startEmbeddedDatabase } from './database/embedded-database.js';
import { keptSecretKey } from './database/secret-key.js';
import { MailboxAccess } from './mail/mailbox/mailbox-access.js';
import type { DeliveryAttemptDto, MailMessageDetailDto } from './mail/messages/dto/mail-message.dto.js';
import { MailMessageService } from './mail/messages/mail-message.service.js';
import { finalStates } from './mail/outbox/message-states.js';
import { everyRow } from './rest/access/route-access.js';
import { ValidationError } from './rest/errors/validation-error.js';
import { readObject } from './rest/fields/read-object.js';
import { englishErrors } from './rest/messages/english.js';
import { EmailStageTestRequestDto } from './stages/email/dto/email-stage-mail.dto.js';
import { EmailStageMailService } from './stages/email/email-stage-mail.service.js';
import { EmailStage } from './stages/email/email-stage.entity.js';

const usage = `usage: npm run email:test -- ADDRESS [options]

Sends a test mail through the outbox with the settings of the service (environment and .env), and waits until the server
accepts or rejects it. The service need not be running.

  --stage NAME      settings of this stage (default: the global settings)
  --template PATH   template (default: email/setup.html)
  --locale TAG      language, such as de or zh-Hans
  --wait SECONDS    maximum time to wait (default: 120)

Exits with 0 if the server accepted the mail, or if there is no mail server and the mail is in the local mailbox;
otherwise with 1.
`;

/** Parsed command line. */
interface Command {
  readonly mail: Readonly<Record<string, string | undefined>>;
  readonly stage: string | undefined;
  readonly wait: number;
}

/** A user error; printed without a stack. */
class CommandError extends Error {}

/** Parses the command line. @returns undefined for `--help` */
function readCommand(): Command | undefined {
  const text = { type: 'string' } as const;
  const options = {
    stage: text,
    template: text,
    locale: text,
    wait: { ...text, default: '120' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const { stage, template, locale, wait, help } = values;
    if (help === true) return undefined;
    const [to, ...more] = positionals;
    if (to === undefined || more.length > 0) throw new Error('Give exactly one address.');
    if (!/^\d{1,6}$/.test(wait)) throw new Error('--wait must be a number of seconds.');
    return { mail: { to, template, locale }, stage, wait: Number(wait) };
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${usage}`);
  }
}

/** Sends the mail. @returns whether it was accepted or is in the local mailbox */
async function run(command: Command, signal: AbortSignal): Promise<boolean> {
  const { settings: configured, warnings } = readSettings(environment());
  for (const warning of warnings) print(warning);
  // Processes the queue itself, in case no worker is running. The log would clutter the output.
  const settings: Settings = { ...configured, role: 'all', logLevel: 'fatal' };
  const embedded =
    settings.databaseUrl === undefined
      ? await startEmbeddedDatabase({ dataDir: settings.dataDir, report: print })
      : undefined;
  try {
    const app = await createApp(
      settings,
      {
        dataSource: dataSourceOptions(settings.databaseUrl ?? embedded?.url ?? ''),
        secretKey: settings.secretKey ?? (await keptSecretKey(settings.dataDir)),
        connect: true,
        report: print,
      },
      createLogger(settings),
    );
    try {
      const pk = await send(app, command);
      return await outcome(app, await waitFor(app, pk, command.wait, signal), settings);
    } finally {
      await app.nest.close();
    }
  } finally {
    await embedded?.stop();
  }
}

/** Queues the mail. @returns its key */
async function send({ nest }: App, { mail, stage: name }: Command): Promise<string> {
  const { manager } = nest.get(DataSource);
  const stage = name === undefined ? null : await manager.findOneBy(EmailStage, { name });
  if (name !== undefined && stage === null) throw new CommandError(`Stage '${name}' does not exist`);
  const context = {
    manager,
    current: undefined,
    resolve: <T>(token: abstract new (...parameters: never[]) => T): T => nest.get(token as never, { strict: false }),
  };
  const request = await readObject(EmailStageTestRequestDto, mail, context);
  const { message } = await nest.get(EmailStageMailService, { strict: false }).test(stage, request);
  print(`Queued for ${request.to} as ${message}`);
  return message;
}

/** Prints attempts as they end. @returns the mail in its final state, or its current state on timeout or interruption */
async function waitFor({ nest }: App, pk: string, seconds: number, signal: AbortSignal): Promise<MailMessageDetailDto> {
  const messages = nest.get(MailMessageService, { strict: false });
  const end = performance.now() + seconds * 1000;
  let printed = 0;
  let announced = 0;
  for (;;) {
    const message = await messages.get(pk, everyRow);
    const ended = message.timeline.filter(({ outcome: result }) => result !== null);
    for (const attempt of ended.slice(printed)) print(attemptLine(attempt));
    printed = ended.length;
    // The message was read before its attempts, so its state may not include the last of them yet.
    if (printed > announced && message.state === 'retrying') {
      print(`Next attempt: ${message.next_attempt?.toISOString()}`);
      announced = printed;
    }
    if (finalStates.includes(message.state) || performance.now() >= end || signal.aborted) return message;
    await sleep(200);
  }
}

function attemptLine({ number, outcome: result, server, tls, code, reply, reason }: DeliveryAttemptDto): string {
  const where = server === '' ? '' : ` by ${server}${tls === null ? '' : ` (${tls})`}`;
  return `Attempt ${number}: ${result}${where}: ${reply === '' ? reason : `${code ?? ''} ${reply}`}`;
}

async function outcome(
  { nest }: App,
  { pk, state, reason }: MailMessageDetailDto,
  settings: Settings,
): Promise<boolean> {
  switch (state) {
    case 'sent':
      print('The server accepted the mail.');
      return true;
    case 'captured':
      print(
        `No mail server is configured (EMAIL_HOST). The mail is in ${resolve(settings.dataDir, 'mailbox', `${pk}.eml`)};`,
      );
      print(`while the service runs, ${await mailboxHint(nest.get(MailboxAccess, { strict: false }), settings, pk)}`);
      return true;
    case 'failed':
    case 'discarded':
      print(`The mail was not sent. ${reason}`);
      return false;
    default:
      print('The mail has not been accepted yet. It stays queued; running workers will retry it.');
      return false;
  }
}

async function mailboxHint(access: MailboxAccess, settings: Settings, pk: string): Promise<string> {
  const link = await access.link(publicUrl(settings), pk);
  return access.hasKey ? `read it at ${link}` : `superusers read it at ${link}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Returns the error message for the terminal. */
function explain(error: unknown): string {
  if (!(error instanceof ValidationError)) return error instanceof Error ? error.message : String(error);
  return Object.entries(englishErrors(error.errors))
    .map(([field, messages]) => `${field}: ${([messages].flat() as string[]).join(' ')}`)
    .join('\n');
}

const interruption = new AbortController();
process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());
try {
  const command = readCommand();
  if (command === undefined) process.stdout.write(usage);
  else process.exitCode = (await run(command, interruption.signal)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
