import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { DataSource } from 'typeorm';

import { environment, readSettings } from '../config/read-settings.js';
import { publicUrl, type Settings } from '../config/settings.js';
import type { App } from '../configure-app.js';
import { MailboxAccess } from '../mail/mailbox/mailbox-access.js';
import type { DeliveryAttemptDto, MailMessageDetailDto } from '../mail/messages/dto/mail-message.dto.js';
import { MailMessageService } from '../mail/messages/mail-message.service.js';
import { finalStates } from '../mail/outbox/message-states.js';
import { everyRow } from '../rest/access/route-access.js';
import { readObject } from '../rest/fields/read-object.js';
import { EmailStageTestRequestDto } from '../stages/email/dto/email-stage-mail.dto.js';
import { EmailStageMailService } from '../stages/email/email-stage-mail.service.js';
import { EmailStage } from '../stages/email/email-stage.entity.js';
import { CommandError, UsageError } from './command-error.js';
import { refuse } from './refuse.js';
import { withApp } from './with-app.js';

/** Parsed command line. */
interface Command {
  readonly mail: Readonly<Record<string, string | undefined>>;
  readonly stage: string | undefined;
  readonly wait: number;
}

/** Sends the mail of the command line, and prints what becomes of it. */
export async function run(args: string[]): Promise<void> {
  const command = readCommand(args);
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());
  const { settings: configured, warnings } = readSettings(environment());
  for (const warning of warnings) print(warning);
  // Processes the queue itself, in case no worker is running. The log would clutter the output.
  const settings: Settings = { ...configured, role: 'all', logLevel: 'fatal' };
  const accepted = await withApp(settings, print, async (app) => {
    const pk = await send(app, command);
    return outcome(app, await waitFor(app, pk, command.wait, interruption.signal), settings);
  });
  process.exitCode = accepted ? 0 : 1;
}

function readCommand(args: string[]): Command {
  const text = { type: 'string' } as const;
  const options = { stage: text, template: text, locale: text, wait: { ...text, default: '120' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { stage, template, locale, wait } = values;
  const [to, ...more] = positionals;
  if (to === undefined || more.length > 0) throw new UsageError('Give exactly one address.');
  if (!/^\d{1,6}$/.test(wait)) throw new UsageError('--wait must be a number of seconds.');
  return { mail: { to, template, locale }, stage, wait: Number(wait) };
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
  const request = await readObject(EmailStageTestRequestDto, mail, context).catch(refuse);
  const { message } = await nest.get(EmailStageMailService, { strict: false }).test(stage, request).catch(refuse);
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
