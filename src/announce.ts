import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Logger } from './config/logger.js';
import type { Settings } from './config/settings.js';
import type { App } from './configure-app.js';
import { administrator } from './core/bootstrap/bootstrap-names.js';
import { FirstSignIn } from './flow-execution/first-sign-in.service.js';
import { MailboxAccess } from './mail/mailbox/mailbox-access.js';
import { GlobalTransport } from './mail/transport/global-transport.js';
import { welcome } from './welcome.js';

/** What the start has to say. */
interface Start {
  /** URL of the service, without a trailing slash. */
  readonly url: string;
  /** The administrator's API key, if it was created at this start. */
  readonly newKey: string | undefined;
  readonly settings: Settings;
  readonly logger: Logger;
}

/**
 * Says that the service listens: in a text for a person on a terminal, otherwise in one line of the log, which has no
 * secrets. A new key that was not shown is stored in DATA_DIR.
 */
export async function announce(app: App, { url, newKey, settings, logger }: Start): Promise<void> {
  const mailbox = await mailboxLine(app, url, settings, logger);
  const isWorker = settings.role === 'worker';
  const hasOwnKey = settings.bootstrapToken !== undefined;
  const isShown = process.stdout.isTTY && !isWorker;
  if (newKey !== undefined && !isShown) await storeKey(newKey, settings, logger);
  // Only where a person reads it: a log is kept, and read by others.
  const signIn = isShown ? await app.nest.get(FirstSignIn, { strict: false }).link(url) : undefined;
  if (process.stdout.isTTY) {
    process.stdout.write(`${welcome({ url, isWorker, newKey, hasOwnKey, signIn, mailbox })}\n`);
  }
  // Regardless of LOG_LEVEL: the address is nowhere else.
  else
    logger
      .child({}, { level: 'info' })
      .info({ url, ...(mailbox !== undefined && { mailbox }) }, readyLine(url, isWorker));
}

function readyLine(url: string, isWorker: boolean): string {
  return `email-stage ${url} is ready${isWorker ? ': a worker, without API and pages' : `; Swagger UI ${url}/api/v3/docs/`}`;
}

/** Stores the key where only the owner of DATA_DIR reads it, beside the other secrets there. */
async function storeKey(key: string, { dataDir }: Settings, logger: Logger): Promise<void> {
  const file = join(dataDir, 'api-token');
  const another = `\`email-stage token ${administrator}\` creates another one.`;
  try {
    await mkdir(dataDir, { recursive: true });
    // Of an earlier database.
    await rm(file, { force: true });
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
    logger.warn(`The API token of the administrator is in ${file}. Delete the file when you have it. ${another}`);
  } catch (error) {
    logger.warn(`The API token of the administrator could not be stored (${String(error)}). ${another}`);
  }
}

/**
 * Returns where the local mailbox is; undefined with a mail server. Outside of a local trial it also logs a warning, because
 * undelivered mails are then most likely a mistake.
 */
async function mailboxLine(
  { nest }: App,
  url: string,
  settings: Settings,
  logger: Logger,
): Promise<string | undefined> {
  if (!nest.get(GlobalTransport, { strict: false }).isMailbox) return undefined;
  const access = nest.get(MailboxAccess, { strict: false });
  // A worker serves no pages, and without PUBLIC_URL it does not know the URL of a process that does.
  const isElsewhere = settings.role === 'worker' && settings.publicUrl === undefined;
  const address = await access.link(isElsewhere ? '' : url);
  const key = `<the key in ${join(settings.dataDir, 'mailbox.key')}>`;
  const shown = process.stdout.isTTY ? address : address.replace(/(?<=\?key=).*/, () => key);
  const link = `${shown}${isElsewhere ? ' of the process with ROLE=api' : ''}`;
  if (access.hasKey) return `${link} (until EMAIL_HOST is set)`;
  logger.warn(`No mail server is set (EMAIL_HOST): no mail is sent. Mails stay in ${settings.dataDir}/mailbox.`);
  return `${link} (superusers only; no mail is sent until EMAIL_HOST is set)`;
}
