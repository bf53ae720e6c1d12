import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { execute } from './database-server.js';
import { type CertificateName, credentials } from './smtp/certificates.js';

/** A PostgreSQL server of its own, with TLS. */
export class TlsDatabase {
  private constructor(
    private readonly folder: string,
    private readonly database: EmbeddedDatabase,
    private readonly rules: string,
  ) {}

  static async start(): Promise<TlsDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'email-stage-test-'));
    // As root, the server runs as another user, who needs access.
    await chmod(folder, 0o755);
    const database = await startEmbeddedDatabase({ dataDir: join(folder, 'data'), report: () => undefined });
    return new TlsDatabase(folder, database, await readFile(join(database.directory, 'pg_hba.conf'), 'utf8'));
  }

  /** Sets the certificate of the server; undefined: it has no TLS. */
  async serve(certificate: CertificateName | undefined): Promise<void> {
    if (certificate === undefined) {
      await this.set('ssl', 'off');
    } else {
      const file = await this.write(`${certificate}.pem`, credentials(certificate).cert);
      await this.set('ssl_cert_file', file);
      await this.set('ssl_key_file', file);
      await this.set('ssl', 'on');
    }
    await this.reload();
  }

  /** Admits connections with TLS only, without TLS only, or both. @param options of `pg_hba.conf` */
  async admit(type: 'host' | 'hostssl' | 'hostnossl', options = ''): Promise<void> {
    const address = '127.0.0.1/32';
    // Superusers of the test itself connect to the database `postgres`.
    const rule = `host postgres all ${address} scram-sha-256\n${type} all all ${address} scram-sha-256 ${options}\n`;
    await this.write('pg_hba.conf', type === 'host' && options === '' ? this.rules : rule);
    await this.reload();
  }

  /** Lets the server trust clients with a certificate of this authority. */
  async trust(authority: string): Promise<void> {
    await this.set('ssl_ca_file', await this.write('clients.pem', authority));
    await this.reload();
  }

  /** URL of the database. @param parameters of the URL */
  url(parameters: Record<string, string>, host = '127.0.0.1'): string {
    const url = new URL(this.database.url);
    url.hostname = host;
    // Not as a form, which writes a blank as a plus: libpq knows none.
    url.search = new URLSearchParams(parameters).toString().replaceAll('+', '%20');
    return url.href;
  }

  async drop(): Promise<void> {
    await this.database.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private set(name: string, value: string): Promise<void> {
    return this.execute(`alter system set ${name} = '${value}'`);
  }

  private reload(): Promise<void> {
    return this.execute('select pg_reload_conf()');
  }

  private execute(statement: string): Promise<void> {
    const url = new URL(this.database.url);
    url.pathname = '/postgres';
    return execute(url.href, statement);
  }

  private async write(name: string, content: string): Promise<string> {
    const path = join(this.database.directory, name);
    await writeFile(path, content, { mode: 0o600 });
    const { uid, gid } = await stat(this.database.directory);
    await chown(path, uid, gid);
    return path;
  }
}
