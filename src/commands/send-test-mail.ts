import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DataSource } from 'typeorm';

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
import { CommandError } from './command-error.js';
import { refuse } from './refuse.js';
import { withApp } from './with-app.js';

/** What `email:test` sends. */
export interface TestMail {
  readonly fields: Readonly<Record<'to', string> & Record<'template' | 'locale', string | undefined>>;
  /** Name of the stage whose settings apply; undefined for the global settings. */
  readonly stage: string | undefined;
  /** Seconds until the mail must have been accepted. */
  readonly wait: number;
}

/** Receives a line of what happens. */
type Print = (line: string) => void;

/**
 * Sends a test mail through the outbox.
 *
 * @param signal ends the wait
 * @returns whether the server accepted it, or the local mailbox where no server is set
 * @throws CommandError if the mail is refused before it is queued
 */
export async function sendTestMail(
  configured: Settings,
  mail: TestMail,
  print: Print,
  signal?: AbortSignal,
): Promise<boolean> {
  // Processes the queue itself, in case no worker is running. The log would clutter the output.
  const settings: Settings = { ...configured, role: 'all', logLevel: 'fatal' };
  return withApp(settings, print, async (app) => {
    const pk = await send(app, mail, print);
    return outcome(app, await waitFor(app, pk, mail.wait, print, signal), settings, print);
  });
}

/** Queues the mail. @returns its key */
async function send({ nest }: App, { fields, stage: name }: TestMail, print: Print): Promise<string> {
  const { manager } = nest.get(DataSource);
  const stage = name === undefined ? null : await manager.findOneBy(EmailStage, { name });
  if (name !== undefined && stage === null) throw new CommandError(`Stage '${name}' does not exist`);
  const context = {
    manager,
    current: undefined,
    resolve: <T>(token: abstract new (...parameters: never[]) => T): T => nest.get(token as never, { strict: false }),
  };
  const request = await readObject(EmailStageTestRequestDto, fields, context).catch(refuse);
  const { message } = await nest.get(EmailStageMailService, { strict: false }).test(stage, request).catch(refuse);
  print(`Queued for ${request.to} as ${message}`);
  return message;
}

/** Prints attempts as they end. @returns the mail in its final state, or its current state on timeout or interruption */
async function waitFor(
  { nest }: App,
  pk: string,
  seconds: number,
  print: Print,
  signal: AbortSignal | undefined,
): Promise<MailMessageDetailDto> {
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
    if (finalStates.includes(message.state) || performance.now() >= end || signal?.aborted === true) return message;
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
  print: Print,
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
