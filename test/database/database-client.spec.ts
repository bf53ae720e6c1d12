import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';

import { dataSourceOptions } from '../../src/data-source.js';
import { DatabaseClient } from '../../src/database/database-client.js';
import { openPresence, urlOf } from '../../src/database/embedded/connections.js';
import { JobConnections } from '../../src/database/job-connections.js';
import { migrateJobs } from '../../src/database/job-queue.js';

const password = 'password-of-the-server';

/** A message of the protocol: its type, its length, its body. */
function message(type: string, ...parts: (string | number)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      const number = Buffer.alloc(4);
      number.writeInt32BE(part);
      return number;
    }),
  );
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const authentication = (code: number, ...more: (string | number)[]): Buffer => message('R', code, ...more);
const ok = authentication(0);
const ready = message('Z', 'I');
const sasl = authentication(10, 'SCRAM-SHA-256\0\0');

/** A fake database server that answers each message with the next prepared one. */
class FakeServer {
  readonly heard: Buffer[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(answers: readonly Buffer[]) {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      const rest = [...answers];
      socket
        .on('error', () => undefined)
        .on('data', (chunk) => {
          this.heard.push(chunk);
          const answer = rest.shift();
          if (answer !== undefined) socket.write(answer);
        });
    });
  }

  /** @returns the URL that the service would use for it */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return urlOf(this.address, 'email_stage');
  }

  get address(): { port: number; password: string } {
    return { port: (this.server.address() as AddressInfo).port, password };
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

const servers: FakeServer[] = [];
async function fake(...answers: Buffer[]): Promise<{ server: FakeServer; url: string }> {
  const server = new FakeServer(answers);
  servers.push(server);
  return { server, url: await server.listen() };
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

describe('A server that does not prove knowledge of the password', () => {
  it.each<[string, Buffer[], number]>([
    ['requests it in clear text', [authentication(3)], 1],
    ['requests its MD5 hash', [authentication(5, 'salt')], 1],
    ['requests no authentication', [Buffer.concat([ok, ready])], 1],
    ['is ready at once', [ready], 1],
    ['skips the SCRAM exchange', [sasl, Buffer.concat([ok, ready])], 2],
    ['omits its signature', [sasl, Buffer.concat([authentication(12, 'v=c2lnbmF0dXJl'), ok, ready])], 2],
  ])('gets neither the password nor a statement if it %s', async (_, answers, messages) => {
    const { server, url } = await fake(...answers);
    const client = new DatabaseClient({ connectionString: url });
    client.on('error', () => undefined);
    await expect(client.connect()).rejects.toThrow(/did not authenticate|SASL/);
    await expect(client.query('select 1')).rejects.toThrow();
    expect(server.heard).toHaveLength(messages);
    expect(Buffer.concat(server.heard).toString('latin1')).not.toMatch(/password-of-the-server|md5|select/);
  });

  it.each<[string, (url: string, server: FakeServer) => Promise<unknown>]>([
    ['the service', (url) => new DataSource(dataSourceOptions(url)).initialize()],
    ['the queue', (url) => new JobConnections({ connectionString: url }).query('select 1')],
    ['the migrations of the queue', (url) => migrateJobs(url)],
    ['the check at start', (_, server) => openPresence(server.address)],
  ])('does not get the password from %s', async (_, connect) => {
    const { server, url } = await fake(authentication(3));
    await expect(connect(url, server)).rejects.toThrow('did not authenticate by scram-sha-256');
    expect(Buffer.concat(server.heard).toString('latin1')).not.toContain(password);
  });
});

it('A connection that the server ends at once fails its first statement, not the process', async () => {
  const ended = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
  const { server } = await fake(Buffer.concat([ok, ready, ended]));
  const { port } = server.address;
  const pool = new Pool({ connectionString: `postgres://127.0.0.1:${port}/x?sslmode=disable`, Client: DatabaseClient });
  const client = await pool.connect();
  await expect(client.query('select 1')).rejects.toThrow('is not queryable');
  client.release();
  expect(pool.totalCount).toBe(0);
});

it('An unsupported value of require_auth in the database URL is refused', () => {
  const create = (): DatabaseClient =>
    new DatabaseClient({ connectionString: 'postgres://127.0.0.1/x?require_auth=none' });
  expect(create).toThrow('The database URL has require_auth=none: it must be scram-sha-256');
});
