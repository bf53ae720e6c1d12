import type { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

/** Part of MAX_CONNECTIONS that one client can have. */
const share = 1 / 4;

/**
 * Closes new connections of a client that has its share of MAX_CONNECTIONS, so that one client cannot take all of them.
 *
 * @param clientOf the client that an IP address counts as
 * @param isProxy whether an IP address is that of a trusted proxy, which connects for many clients
 */
export function boundClientConnections(
  fastify: FastifyInstance,
  maxConnections: number,
  clientOf: (ip: string) => string,
  isProxy: (ip: string) => boolean,
): void {
  const most = Math.max(1, Math.floor(maxConnections * share));
  const counts = new Map<string, number>();
  fastify.server.maxConnections = maxConnections;
  fastify.server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    // Undefined: the connection is closed already.
    if (remoteAddress === undefined || isProxy(remoteAddress)) return;
    const client = clientOf(remoteAddress);
    const count = (counts.get(client) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    counts.set(client, count);
    socket.once('close', () => {
      const left = (counts.get(client) ?? 1) - 1;
      if (left > 0) counts.set(client, left);
      else counts.delete(client);
    });
  });
}
