import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { announce } from './announce.js';
import { reasonOf } from './commands/reason-of.js';
import { keepHeapSmall } from './config/heap.js';
import { createLogger, type Logger } from './config/logger.js';
import { logFaults, reportFailure } from './config/process-log.js';
import { environment, readSettings } from './config/read-settings.js';
import { publicUrl, type Settings } from './config/settings.js';
import { type App, createApp } from './configure-app.js';
import { BootstrapService } from './core/bootstrap/bootstrap.service.js';
import { startEmbeddedDatabase } from './database/embedded-database.js';
import { JobQueue } from './database/job-queue.js';
import { NodeRegistry } from './database/node-registry.js';
import { keptSecretKey } from './database/secret-key.js';
import { databaseOptions } from './database-options.js';
import { Metrics } from './health/metrics.js';
import { Shutdown } from './health/shutdown.service.js';
import { globalTransports } from './mail/transport/global-transport.js';
import { MailTransports } from './mail/transport/mail-transports.js';
import { BlueprintStart } from './managed/blueprint-start.service.js';
import { isOnTerminal, reloadOnSignal } from './reload-on-signal.js';
import { startMetrics, startTracing } from './telemetry.js';

/** Milliseconds beyond SHUTDOWN_TIMEOUT for recording aborted mails and closing connections. */
const closeMs = 4_000;

/** Cleanup callbacks in order of registration; they run in reverse order before the process exits. */
type Cleanups = (() => Promise<void>)[];

/**
 * Starts the service. Exits with 1 and a one-line message if the start fails, with 0 on SIGTERM and SIGINT, and on SIGHUP from a
 * terminal. A second signal
 * ends requests and mails in progress at once.
 */
export async function start(): Promise<void> {
  keepHeapSmall();
  const cleanups: Cleanups = [];
  const stopping = new AbortController();
  const hurry = new AbortController();
  const stop = async (code: number): Promise<void> => {
    stopping.abort();
    for (const cleanup of cleanups.splice(0).reverse()) {
      await cleanup().catch((error: unknown) => {
        reportFailure(`email-stage: while stopping: ${reasonOf(error)}`);
      });
    }
    process.exit(code);
  };
  const onSignal = (): void => {
    if (stopping.signal.aborted) hurry.abort();
    else void stop(0);
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  if (isOnTerminal()) process.on('SIGHUP', onSignal);
  try {
    await serve(cleanups, () => void stop(1), hurry.signal);
  } catch (error) {
    // A signal during the start makes pending steps fail; that is not a failed start.
    if (stopping.signal.aborted) return;
    reportFailure(`email-stage cannot start: ${reasonOf(error)}`);
    await stop(1);
  }
}

/**
 * @param fail called when the service cannot go on
 * @param hurry ends the wait for requests and mails in progress
 */
async function serve(cleanups: Cleanups, fail: () => void, hurry: AbortSignal): Promise<void> {
  const env = environment();
  const { settings, warnings } = readSettings(env);
  // Before slow steps.
  globalTransports(settings);
  const logger = createLogger(settings);
  logFaults(logger);
  for (const warning of warnings) logger.warn(warning);
  reloadOnSignal(settings, logger);
  cleanups.push(await startTracing(env, logger));
  const report = (line: string): void => {
    logger.info(line);
  };
  // Before slow steps, and before creating a token that is shown only once.
  await requireFreePort(settings);
  const databaseUrl = settings.databaseUrl ?? (await embeddedDatabase(settings, logger, cleanups));
  const secretKey = settings.secretKey ?? (await keptSecretKey(settings.dataDir));
  const creating = createApp(settings, databaseOptions(settings, databaseUrl, secretKey, report), logger);
  // Registered before it is ready: open connections would keep the embedded database from stopping.
  cleanups.push(() => closeInTime(creating, settings, hurry));
  const app = await creating;
  cleanups.unshift(await startMetrics(env, logger, app.nest.get(Metrics).registry));
  app.nest.get(JobQueue, { strict: false }).onFailure(() => {
    logger.fatal('Jobs cannot be kept running: ending the process');
    fail();
  });
  const newKey = await app.nest.get(BootstrapService).run();
  if (settings.role !== 'worker') await app.nest.get(BlueprintStart, { strict: false }).run();
  await app.nest.listen(settings.port, settings.host);
  const { port } = app.nest.getHttpServer().address() as { port: number };
  await app.nest.get(NodeRegistry).join(port);
  await announce(app, { url: publicUrl(settings, port), newKey, settings, logger });
}

async function embeddedDatabase({ dataDir }: Settings, logger: Logger, cleanups: Cleanups): Promise<string> {
  const starting = startEmbeddedDatabase({
    dataDir,
    report: (line) => logger.info(line),
    warn: (line) => logger.warn(line),
  });
  // Registered before it is ready: a signal during its start must stop it too.
  cleanups.push(async () => (await starting.catch(() => undefined))?.stop());
  return (await starting).url;
}

/**
 * Closes the application. For SHUTDOWN_DELAY it serves on, while readiness fails and each response ends its connection.
 * Then it stops listening, and requests and mails in progress have SHUTDOWN_TIMEOUT. It returns even if closing hangs, so
 * that the embedded database is stopped.
 */
async function closeInTime(creating: Promise<App>, settings: Settings, hurry: AbortSignal): Promise<void> {
  const { shutdownDelay, shutdownTimeout } = settings;
  const late = sleep(shutdownTimeout * 1000, undefined, { ref: false, signal: hurry }).catch(() => undefined);
  const app = await Promise.race([creating.catch(() => undefined), late]);
  if (app === undefined) return;
  const { nest } = app;
  const server = nest.getHttpServer();
  nest.get(Shutdown).begin();
  if (server.listening) await sleep(shutdownDelay * 1000, undefined, { signal: hurry }).catch(() => undefined);
  const end = (): void => {
    server.closeAllConnections();
    nest.get(MailTransports, { strict: false }).abort();
  };
  const deadline = setTimeout(end, shutdownTimeout * 1000);
  if (hurry.aborted) end();
  else hurry.addEventListener('abort', end);
  // Before the modules stop: mails in progress do not keep it listening.
  server.close();
  // Keep-alive connections become idle after their last response.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await Promise.race([nest.close(), sleep(shutdownTimeout * 1000 + closeMs, undefined, { ref: false })]);
  clearInterval(sweep);
  clearTimeout(deadline);
}

/** @throws the listen error if the port is taken or cannot be bound, or HOST is unknown */
async function requireFreePort({ host, port }: Settings): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(port, host, resolve);
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).syscall !== 'getaddrinfo') throw error;
    throw new Error(`${host} is not a known host name. Set HOST to an address of this machine.`, { cause: error });
  });
  await new Promise((resolve) => probe.close(resolve));
}
