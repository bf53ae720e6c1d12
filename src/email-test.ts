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

Sends a test mail the way every mail goes, with the settings of the service (environment and .env), and waits until it
is accepted or refused. It works whether or not the service runs.

  --stage NAME      with the settings of this stage; otherwise with the global ones
  --template PATH   this template; otherwise email/setup.html
  --locale TAG      in this language, such as de or zh-Hans
  --wait SECONDS    how long to wait; otherwise 120

It ends with 0 if the server accepted the mail, or if there is no server and the mail is in the local mailbox; otherwise
with 1.
`;

/** What the command line asks for. */
interface Command {
  readonly mail: Readonly<Record<string, string | undefined>>;
  readonly stage: string | undefined;
  readonly wait: number;
}

/** Something that the user has to put right; told without a stack. */
class CommandError extends Error {}

/** @returns undefined if only help is asked for */
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

/** @returns whether the mail was accepted, or is in the local mailbox */
async function run(command: Command, stopping: AbortSignal): Promise<boolean> {
  const { settings: given, warnings } = readSettings(environment());
  for (const warning of warnings) tell(warning);
  // It works through the queue by itself, in case no worker runs. The log would only be in the way of what it tells.
  const settings: Settings = { ...given, role: 'all', logLevel: 'fatal' };
  const embedded =
    settings.databaseUrl === undefined
      ? await startEmbeddedDatabase({ dataDir: settings.dataDir, report: tell })
      : undefined;
  try {
    const app = await createApp(
      settings,
      {
        dataSource: dataSourceOptions(settings.databaseUrl ?? embedded?.url ?? ''),
        secretKey: settings.secretKey ?? (await keptSecretKey(settings.dataDir)),
        connect: true,
        report: tell,
      },
      createLogger(settings),
    );
    try {
      const pk = await send(app, command);
      return await outcome(app, await waitFor(app, pk, command.wait, stopping), settings);
    } finally {
      await app.nest.close();
    }
  } finally {
    await embedded?.stop();
  }
}

/** Puts the mail into the queue. @returns its key */
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
  tell(`Queued for ${request.to} as ${message}`);
  return message;
}

/** Tells every try as it ends. @returns the mail as it is when nothing more happens to it, or nobody waits any more */
async function waitFor(
  { nest }: App,
  pk: string,
  seconds: number,
  stopping: AbortSignal,
): Promise<MailMessageDetailDto> {
  const messages = nest.get(MailMessageService, { strict: false });
  const end = Date.now() + seconds * 1000;
  let told = 0;
  let announced = 0;
  for (;;) {
    const message = await messages.get(pk, everyRow);
    const ended = message.timeline.filter(({ outcome: result }) => result !== null);
    for (const attempt of ended.slice(told)) tell(attemptLine(attempt));
    told = ended.length;
    // The message was read before its tries, and may not yet have been what the last of them made of it.
    if (told > announced && message.state === 'retrying') {
      tell(`Next try: ${message.next_attempt?.toISOString()}`);
      announced = told;
    }
    if (finalStates.includes(message.state) || Date.now() >= end || stopping.aborted) return message;
    await sleep(200);
  }
}

function attemptLine({ number, outcome: result, server, tls, code, reply, reason }: DeliveryAttemptDto): string {
  const where = server === '' ? '' : ` by ${server}${tls === null ? '' : ` (${tls})`}`;
  return `Try ${number}: ${result}${where}: ${reply === '' ? reason : `${code ?? ''} ${reply}`}`;
}

async function outcome(
  { nest }: App,
  { pk, state, reason }: MailMessageDetailDto,
  settings: Settings,
): Promise<boolean> {
  switch (state) {
    case 'sent':
      tell('The server accepted the mail.');
      return true;
    case 'captured':
      tell(`No mail server is set (EMAIL_HOST). The mail is in ${resolve(settings.dataDir, 'mailbox', `${pk}.eml`)};`);
      tell(`while the service runs, ${await mailboxHint(nest.get(MailboxAccess, { strict: false }), settings, pk)}`);
      return true;
    case 'failed':
    case 'discarded':
      tell(`The mail was not sent. ${reason}`);
      return false;
    default:
      tell('The mail has not been accepted yet. It stays in the queue; a running worker goes on trying.');
      return false;
  }
}

async function mailboxHint(access: MailboxAccess, settings: Settings, pk: string): Promise<string> {
  const link = await access.link(publicUrl(settings), pk);
  return access.hasKey ? `read it at ${link}` : `superusers read it at ${link}`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What went wrong, for a person. */
function explain(error: unknown): string {
  if (!(error instanceof ValidationError)) return error instanceof Error ? error.message : String(error);
  return Object.entries(englishErrors(error.errors))
    .map(([field, messages]) => `${field}: ${([messages].flat() as string[]).join(' ')}`)
    .join('\n');
}

const stopping = new AbortController();
process.on('SIGINT', () => stopping.abort()).on('SIGTERM', () => stopping.abort());
try {
  const command = readCommand();
  if (command === undefined) process.stdout.write(usage);
  else process.exitCode = (await run(command, stopping.signal)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
