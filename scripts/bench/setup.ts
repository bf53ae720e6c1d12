import { mkdtempSync, readFileSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installedBinaries } from '../../src/database/embedded/binaries.js';
import { stopServer } from '../../src/database/embedded/server.js';
import { startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { createDummyFlow, stageKeys } from './api.js';
import type { Known } from './cases.js';
import { nextMessage, startProgram } from './children.js';
import type { Cleanups } from './cleanups.js';
import { LoadGenerator } from './load.js';
import { createDatabase } from './seed.js';
import { type RunningService, startCeiling, startService, type Target } from './service.js';

/** The service and the ceiling on a database with so many stages. */
export interface Site {
  readonly databaseUrl: string;
  /** Settings of the service. */
  readonly environment: Record<string, string>;
  readonly service: RunningService;
  readonly ceiling: Target;
  readonly known: Known;
}

/** Everything that runs while it is measured. */
export class Setup {
  readonly generator: LoadGenerator;
  private readonly sites = new Map<number, Promise<Site>>();

  private constructor(
    readonly cleanups: Cleanups,
    /** A folder that is deleted in the end. */
    readonly folder: string,
    private readonly databaseServer: string,
    /** The main process of the database. */
    readonly postmaster: number,
    /** Where the database writes its log. */
    readonly databaseLog: string,
    /** Port of a mail server that takes everything. */
    readonly mailPort: number,
  ) {
    this.generator = new LoadGenerator(cleanups);
  }

  static async begin(cleanups: Cleanups): Promise<Setup> {
    // At once, so that there is no moment in which it is there and would not be deleted.
    const folder = mkdtempSync(join(tmpdir(), 'email-stage-bench-'));
    cleanups.add(() => rm(folder, { recursive: true, force: true }));
    // As root the database server runs as another user, who must get through.
    await chmod(folder, 0o755);
    const starting = startEmbeddedDatabase({ dataDir: folder, report: () => undefined });
    cleanups.add(async () => {
      const server = await starting.catch(() => undefined);
      // Not `server.stop()`, which leaves the server to its other clients: a load that is interrupted is one.
      if (server !== undefined) await stopServer(server.directory, await installedBinaries());
    });
    const server = await starting;
    const postmaster = Number(readFileSync(join(server.directory, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
    const mailPort = await nextMessage<number>(startProgram('smtp-sink-process', cleanups), 30);
    return new Setup(cleanups, folder, server.url, postmaster, join(server.directory, 'server.log'), mailPort);
  }

  /** The site with so many stages, made when it is first asked for. */
  site(stageCount: number): Promise<Site> {
    const known = this.sites.get(stageCount);
    if (known !== undefined) return known;
    const made = this.make(stageCount);
    this.sites.set(stageCount, made);
    return made;
  }

  private async make(stageCount: number): Promise<Site> {
    const databaseUrl = await createDatabase(this.databaseServer, stageCount);
    const environment = {
      DATABASE_URL: databaseUrl,
      SECRET_KEY: 'secret-key-of-benchmarks-0123456789',
      EMAIL_HOST: '127.0.0.1',
      EMAIL_PORT: String(this.mailPort),
    };
    const service = await startService(`email-stage-${stageCount}`, this.folder, environment, this.cleanups);
    const ceiling = await startCeiling(databaseUrl, this.cleanups);
    const known = { keys: await stageKeys(service), flow: await createDummyFlow(service) };
    return { databaseUrl, environment, service: { ...service, name: 'email-stage' }, ceiling, known };
  }
}
