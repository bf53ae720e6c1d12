import { type AddressInfo, createServer, type Socket } from 'node:net';

import type { SMTPServerOptions } from 'smtp-server';
import { afterEach } from 'vitest';

import { CollectingServer } from './collecting-server.js';
import { DeafServer } from './deaf-server.js';
import { type Script, ScriptedServer } from './scripted-server.js';

/** A mail server of a test. */
interface TestServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts mail servers of all kinds, and stops them. */
export class SmtpServers {
  private readonly running: TestServer[] = [];

  /** Starts a server with scripted replies, which offers logins unless the script sets its extensions. */
  async scripted(script: Script = {}, port?: number): Promise<ScriptedServer> {
    return this.keep(await ScriptedServer.start({ extensions: ['AUTH PLAIN LOGIN'], ...script }, port));
  }

  /** Starts a complete server, which keeps accepted mails. */
  async collecting(options?: SMTPServerOptions): Promise<CollectingServer> {
    return this.keep(await CollectingServer.start(options));
  }

  /** Starts a server that does not accept connections. */
  async deaf(): Promise<DeafServer> {
    return this.keep(await DeafServer.start());
  }

  /** Starts a server that accepts connections and passes them to `greet`; it sends nothing by itself. */
  async raw(greet: (socket: Socket) => void = () => undefined): Promise<TestServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      greet(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stop = async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    };
    return this.keep({ port: (server.address() as AddressInfo).port, stop });
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.splice(0).map((server) => server.stop()));
  }

  private keep<T extends TestServer>(server: T): T {
    this.running.push(server);
    return server;
  }
}

/** Returns the mail servers of a test file; they are stopped after each test. */
export function smtpServers(): SmtpServers {
  const servers = new SmtpServers();
  afterEach(() => servers.stop());
  return servers;
}
