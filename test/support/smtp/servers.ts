import { type AddressInfo, createServer, type Socket } from 'node:net';

import { afterEach } from 'vitest';

import { CollectingServer } from './collecting-server.js';
import { DeafServer } from './deaf-server.js';
import { type Script, ScriptedServer } from './scripted-server.js';

/** Something with a port that mails are sent to. */
interface TestServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts mail servers of every kind that tests need, and stops them. */
export class SmtpServers {
  private readonly running: TestServer[] = [];

  /** One that says what its script says, and offers logins if that does not say what it offers. */
  async scripted(script: Script = {}, port?: number): Promise<ScriptedServer> {
    return this.keep(await ScriptedServer.start({ extensions: ['AUTH PLAIN LOGIN'], ...script }, port));
  }

  /** A complete one, which keeps what it is sent. */
  async collecting(): Promise<CollectingServer> {
    return this.keep(await CollectingServer.start());
  }

  /** One that does not take connections. */
  async deaf(): Promise<DeafServer> {
    return this.keep(await DeafServer.start());
  }

  /** One that takes connections and says nothing, or what the test has it say. */
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

/** Servers for the tests of a file: each is stopped when the test has ended that started it. */
export function smtpServers(): SmtpServers {
  const servers = new SmtpServers();
  afterEach(() => servers.stop());
  return servers;
}
