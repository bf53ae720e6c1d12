import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { keepHeapSmall } from './config/heap.js';
import { createLogger, type Logger } from './config/logger.js';
import { environment, readSettings } from './config/read-settings.js';
import { publicUrl, type Settings } from './config/settings.js';
import { type App, createApp } from './configure-app.js';
import { BootstrapService } from './core/bootstrap/bootstrap.service.js';
import { dataSourceOptions } from './data-source.js';
import { startEmbeddedDatabase } from './database/embedded-database.js';
import { keptSecretKey } from './database/secret-key.js';
import { MailboxAccess } from './mail/mailbox/mailbox-access.js';
import { BlueprintStart } from './managed/blueprint-start.service.js';
import { welcome } from './welcome.js';

/** Milliseconds that requests under way have to end; the process must be gone ten seconds after a signal. */
const drainTime = 7_000;

/** What must be undone before the process ends, in the order in which it was done. */
type Cleanups = (() => Promise<void>)[];

/** Starts the service. Ends the process with 1 and one clear line if that fails, with 0 when a signal asks for it. */
export async function start(): Promise<void> {
  keepHeapSmall();
  const cleanups: Cleanups = [];
  const stopping = new AbortController();
  const stop = async (code: number): Promise<void> => {
    stopping.abort();
    for (const cleanup of cleanups.splice(0).reverse()) {
      await cleanup().catch((error: unknown) => {
        console.error(`email-stage: while stopping: ${reasonOf(error)}`);
      });
    }
    process.exit(code);
  };
  const onSignal = (): void => {
    if (!stopping.signal.aborted) void stop(0);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  try {
    await serve(cleanups);
  } catch (error) {
    // What was begun fails when a signal ends the process in the middle of it; that is no failure to tell of.
    if (stopping.signal.aborted) return;
    console.error(`email-stage cannot start: ${reasonOf(error)}`);
    await stop(1);
  }
}

async function serve(cleanups: Cleanups): Promise<void> {
  const { settings, warnings } = readSettings(environment());
  const logger = createLogger(settings);
  for (const warning of warnings) logger.warn(warning);
  const report = (line: string): void => {
    logger.info(line);
  };
  // Before anything that takes long, and before a token is made that is shown but once.
  await requireFreePort(settings);
  const databaseUrl = settings.databaseUrl ?? (await embeddedDatabase(settings, logger, cleanups));
  const secretKey = settings.secretKey ?? (await keptSecretKey(settings.dataDir));
  const dataSource = dataSourceOptions(databaseUrl, settings.statementTimeout);
  const database = { dataSource, secretKey, connect: true, report };
  const creating = createApp(settings, database, logger);
  // From the first moment on: with connections of ours the database server would not be stopped.
  cleanups.push(() => closeInTime(creating));
  const app = await creating;
  const newKey = await app.nest.get(BootstrapService).run();
  if (settings.role !== 'worker') await app.nest.get(BlueprintStart, { strict: false }).run();
  await app.nest.listen(settings.port, settings.host);
  const { port } = app.nest.getHttpServer().address() as { port: number };
  const url = publicUrl(settings, port);
  const mailbox = await mailboxLine(app, settings, url, logger);
  const isWorker = settings.role === 'worker';
  console.log(welcome({ url, isWorker, newKey, hasOwnKey: settings.bootstrapToken !== undefined, mailbox }));
}

/**
 * Where mails can be read that no server takes; undefined with a mail server. Outside of a local trial nobody expects
 * mails to stay here, so it warns.
 */
async function mailboxLine(
  { nest }: App,
  settings: Settings,
  url: string,
  logger: Logger,
): Promise<string | undefined> {
  if (settings.emailHost !== undefined) return undefined;
  const access = nest.get(MailboxAccess, { strict: false });
  // A worker serves no pages: without PUBLIC_URL it knows no address of a process that does.
  const isElsewhere = settings.role === 'worker' && settings.publicUrl === undefined;
  const link = `${await access.link(isElsewhere ? '' : url)}${isElsewhere ? ' of the process with ROLE=api' : ''}`;
  if (access.hasKey) return `${link} (until EMAIL_HOST is set)`;
  logger.warn(`No mail server is set (EMAIL_HOST): MAILS REACH NOBODY. They stay in ${settings.dataDir}/mailbox.`);
  return `${link} (superusers only; MAILS REACH NOBODY until EMAIL_HOST is set)`;
}

async function embeddedDatabase({ dataDir }: Settings, logger: Logger, cleanups: Cleanups): Promise<string> {
  const starting = startEmbeddedDatabase({
    dataDir,
    report: (line) => logger.info(line),
    warn: (line) => logger.warn(line),
  });
  // From the first moment on: a signal that comes while the server starts must end it too.
  cleanups.push(async () => (await starting.catch(() => undefined))?.stop());
  return (await starting).url;
}

/** Waits for what is being created and lets the requests under way end, but not for ever. */
async function closeInTime(creating: Promise<App>): Promise<void> {
  const late = sleep(drainTime, undefined, { ref: false });
  const app = await Promise.race([creating.catch(() => undefined), late]);
  if (app === undefined) return;
  const { nest } = app;
  const server = nest.getHttpServer();
  const deadline = setTimeout(() => server.closeAllConnections(), drainTime);
  // A connection is kept open after its last answer; nothing more will come over it.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await nest.close();
  clearInterval(sweep);
  clearTimeout(deadline);
}

/** @throws a clear error if somebody else listens there, or nobody can */
async function requireFreePort({ host, port }: Settings): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(port, host, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

/** One line that says what went wrong, for a person. */
function reasonOf(error: unknown): string {
  const { code, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `${address}:${port} is taken by another program. Set PORT to a free one.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is no address of this machine. Set HOST to one that is.`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be used by this user. Set PORT to another.`;
  if (error instanceof AggregateError) return error.errors.map((each) => (each as Error).message).join('; ');
  return message;
}
