import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { waitUntil } from '../../src/database/embedded/wait-until.js';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/database/embedded-database.js';

/** A PostgreSQL server that a test can stop and restart at a constant address, behind a proxy. */
export class RestartableDatabase {
  private readonly open = new Set<Socket>();
  private isSilent = false;

  private constructor(
    private readonly folder: string,
    private readonly proxy: Server,
    private database: EmbeddedDatabase,
  ) {
    // The proxy keeps the address constant: an embedded server has another port after each start.
    proxy.on('connection', (client) => {
      const server = connect(Number(new URL(this.database.url).port), '127.0.0.1');
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.open.add(from);
        from.on('error', () => undefined).on('close', () => to.destroy());
        from.on('close', () => this.open.delete(from));
        // Data during a silence is lost, as in a network that drops packets.
        from.on('data', (bytes) => !this.isSilent && to.write(bytes));
      }
    });
  }

  static async start(): Promise<RestartableDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'email-stage-test-'));
    // As root, the server runs as another user, who needs access.
    await chmod(folder, 0o755);
    const proxy = createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    return new RestartableDatabase(folder, proxy, await embedded(folder));
  }

  get url(): string {
    const url = new URL(this.database.url);
    url.port = String((this.proxy.address() as AddressInfo).port);
    return url.href;
  }

  /** Stops the server. @param signal SIGINT for a fast shutdown, SIGQUIT for a crash */
  async end(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const running = await findPostmaster(this.database.directory);
    if (running === undefined) return;
    process.kill(running.pid, signal);
    await waitUntil(60_000, async () => ((await findPostmaster(this.database.directory)) ? undefined : true));
  }

  /** Drops all data between the server and its clients without closing connections. */
  fallSilent(): void {
    this.isSilent = true;
  }

  /** Serves new connections again; connections from before stay broken. */
  endSilence(): void {
    for (const socket of this.open) socket.removeAllListeners('data').resume();
    this.isSilent = false;
  }

  async startAgain(): Promise<void> {
    this.database = await embedded(this.folder);
  }

  async drop(): Promise<void> {
    await this.end('SIGINT');
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.proxy.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }
}

function embedded(folder: string): Promise<EmbeddedDatabase> {
  return startEmbeddedDatabase({ dataDir: join(folder, 'data'), report: () => undefined });
}
