import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';

import { freePort } from './service-process.js';

/** The program of Debian's package; undefined if it is not installed. */
export const pgBouncerProgram = ['/usr/sbin', ...(process.env['PATH'] ?? '').split(delimiter)]
  .map((folder) => join(folder, 'pgbouncer'))
  .find((path) => existsSync(path));

/** PgBouncer in transaction mode, with few connections to the server, so that clients get other ones all the time. */
export class PgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** URL of the database through PgBouncer. */
    readonly url: string,
  ) {}

  /** Starts PgBouncer before the server of `database`, a URL with a password. */
  static async start(database: string, connections: number): Promise<PgBouncer> {
    const address = new URL(database);
    const folder = await mkdtemp(join(tmpdir(), 'email-stage-test-'));
    const port = await freePort();
    const user = decodeURIComponent(address.username);
    const settings = {
      listen_addr: '127.0.0.1',
      listen_port: port,
      unix_socket_dir: '',
      auth_type: 'scram-sha-256',
      auth_file: join(folder, 'users.txt'),
      pool_mode: 'transaction',
      default_pool_size: connections,
      max_client_conn: 200,
    };
    await writeFile(join(folder, 'users.txt'), `"${user}" "${decodeURIComponent(address.password)}"\n`);
    await writeFile(
      join(folder, 'pgbouncer.ini'),
      `[databases]\n* = host=${address.hostname} port=${address.port}\n[pgbouncer]\n` +
        Object.entries(settings)
          .map(([name, value]) => `${name} = ${value}\n`)
          .join(''),
    );
    // It refuses to run as root.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    await chmod(folder, 0o755);
    const child = spawn(pgBouncerProgram ?? 'pgbouncer', [join(folder, 'pgbouncer.ini')], {
      ...nobody,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await started(child);
    address.port = String(port);
    address.search = '';
    return new PgBouncer(child, folder, address.href);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGINT');
    if (this.child.exitCode === null) await once(this.child, 'exit');
    await rm(this.folder, { recursive: true });
  }
}

async function started(child: ChildProcess & { readonly stderr: Readable }): Promise<void> {
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  while (!log.includes('process up')) {
    if (child.exitCode !== null) throw new Error(`PgBouncer exited with ${child.exitCode}:\n${log}`);
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
  }
}
