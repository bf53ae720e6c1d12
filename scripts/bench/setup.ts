import { mkdtempSync, readFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installedBinaries } from '../../src/database/embedded/binaries.js';
import { stopServer } from '../../src/database/embedded/server.js';
import { startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { createDummyFlow, stageKeys } from './api.js';
import type { Fixtures } from './cases.js';
import { nextMessage, startChild } from './child-processes.js';
import type { Cleanups } from './cleanups.js';
import { LoadGenerator } from './load.js';
import { createDatabase } from './seed.js';
import { type RunningService, startCeiling, startService, type Target } from './service.js';

/** SECRET_KEY of the services that are measured. */
export const secretKey = 'secret-key-of-benchmarks-0123456789';

/** The service and the ceiling on one database. */
export interface Deployment {
  readonly databaseUrl: string;
  /** Environment variables of the service. */
  readonly environment: Record<string, string>;
  readonly service: RunningService;
  readonly ceiling: Target;
  readonly fixtures: Fixtures;
}

/** The processes that all cases share: database, mail server, load generator, and a deployment per database size. */
export class Setup {
  readonly generator: LoadGenerator;
  private readonly deployments = new Map<number, Promise<Deployment>>();

  private constructor(
    readonly cleanups: Cleanups,
    /** Temporary folder, deleted at the end. */
    readonly folder: string,
    private readonly databaseServer: string,
    /** Process id of the database server. */
    readonly postmaster: number,
    /** Path of the database server's log. */
    readonly databaseLog: string,
    /** Port of a mail server that accepts everything. */
    readonly mailPort: number,
  ) {
    this.generator = new LoadGenerator(cleanups);
  }

  /** Starts the shared processes. */
  static async start(cleanups: Cleanups): Promise<Setup> {
    // Synchronously, so that an interrupt cannot occur between its creation and the registration of its cleanup.
    const folder = mkdtempSync(join(tmpdir(), 'email-stage-bench-'));
    cleanups.add(() => rm(folder, { recursive: true, force: true }));
    // As root, the database server runs as another user, who needs access.
    await chmod(folder, 0o755);
    const starting = startEmbeddedDatabase({ dataDir: folder, report: () => undefined });
    cleanups.add(async () => {
      const server = await starting.catch(() => undefined);
      // Not `server.stop()`, which keeps the server running for other clients, such as an interrupted load.
      if (server !== undefined) await stopServer(server.directory, await installedBinaries());
    });
    const server = await starting;
    const postmaster = Number(readFileSync(join(server.directory, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
    const mailPort = await nextMessage<number>(startChild('smtp-sink-process', cleanups), 30);
    return new Setup(cleanups, folder, server.url, postmaster, join(server.directory, 'server.log'), mailPort);
  }

  /** Returns the deployment with so many stages; the first call creates it. */
  deployment(stageCount: number): Promise<Deployment> {
    const existing = this.deployments.get(stageCount);
    if (existing !== undefined) return existing;
    const created = this.deploy(stageCount);
    this.deployments.set(stageCount, created);
    return created;
  }

  private async deploy(stageCount: number): Promise<Deployment> {
    const databaseUrl = await createDatabase(this.databaseServer, stageCount);
    const environment = {
      DATABASE_URL: databaseUrl,
      SECRET_KEY: secretKey,
      EMAIL_HOST: '127.0.0.1',
      EMAIL_PORT: String(this.mailPort),
      // All verifications are started with one token.
      VERIFICATION_CALLER_LIMIT: '1000000',
    };
    const service = await startService(`email-stage-${stageCount}`, this.folder, environment, this.cleanups);
    const ceiling = await startCeiling(databaseUrl, this.cleanups);
    const fixtures = { stageKeys: await stageKeys(service), flowSlug: await createDummyFlow(service) };
    return { databaseUrl, environment, service: { ...service, name: 'email-stage' }, ceiling, fixtures };
  }
}
