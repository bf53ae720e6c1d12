import type { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

/** Requests that one connection can have under way. Browsers and proxies have one (RFC 9112, 9.3.2). */
const most = 16;

/**
 * Closes connections that send many requests without waiting for the answers: Node would begin all of them, so that
 * MAX_CONNECTIONS would bound nothing.
 */
export function boundPipelining(fastify: FastifyInstance): void {
  const underWay = new WeakMap<Socket, number>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const count = (underWay.get(socket) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    underWay.set(socket, count);
    reply.raw.once('close', () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
    done();
  });
}
