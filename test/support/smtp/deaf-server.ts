import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A listener whose thread sleeps, so that connections are never accepted. */
const listener = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/** A port that neither accepts nor refuses connections, because its backlog is full. */
export class DeafServer {
  private constructor(
    private readonly worker: Worker,
    private readonly sockets: Socket[],
    readonly port: number,
  ) {}

  static async start(): Promise<DeafServer> {
    const worker = new Worker(listener, { eval: true });
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    const sockets: Socket[] = [];
    // A backlog of 1 holds two connections; further ones hang.
    for (let count = 0; count < 4; count += 1) {
      sockets.push(connect({ host: '127.0.0.1', port }).on('error', () => undefined));
    }
    await Promise.all(sockets.slice(0, 2).map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    return new DeafServer(worker, sockets, port);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await this.worker.terminate();
  }
}
