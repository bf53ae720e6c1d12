import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';

import type { EntityManager } from 'typeorm';

import { AppError } from '../errors/app-error.js';

/** Responses that lists are read for, by the query of the request. */
const responses = new WeakMap<object, ServerResponse>();

/** Remembers whose response a query belongs to. */
export function keepResponse(query: object, response: ServerResponse): void {
  responses.set(query, response);
}

/** Hands what is known of the query of a request on to the object that was read from it. */
export function handOn(from: object, to: object): void {
  const response = responses.get(from);
  if (response !== undefined) responses.set(to, response);
}

/**
 * Runs a statement for the request that a query belongs to, and cancels it when its client is gone, so that its connection is free
 * for others.
 *
 * @param query undefined: for no client
 * @throws QueryFailedError, also when it was cancelled
 */
export async function queryForClient<Row>(
  manager: EntityManager,
  query: object | undefined,
  statement: string,
  parameters: unknown[],
): Promise<Row[]> {
  const response = query && responses.get(query);
  if (response === undefined || manager.queryRunner !== undefined) return manager.query<Row[]>(statement, parameters);
  const runner = manager.dataSource.createQueryRunner();
  let cancelling: Promise<void> | undefined;
  try {
    const connection = (await runner.connect()) as Connection;
    // It was given up while it waited for a connection.
    if (response.destroyed) throw new AppError('tooSlow');
    const cancel = (): void => {
      cancelling = cancelStatement(connection);
    };
    response.once('close', cancel);
    try {
      return (await runner.query(statement, parameters)) as Row[];
    } finally {
      response.off('close', cancel);
    }
  } finally {
    // The connection must not serve another request while its statement may still be cancelled.
    await cancelling;
    await runner.release();
  }
}

/** Milliseconds to wait for the database server to take the request to cancel. */
const cancelTimeout = 5_000;

/**
 * Sends PostgreSQL's CancelRequest (frontend/backend protocol, 54.2.8), over a connection of its own: those of the pool
 * may all be busy with such statements. It names the connection by its secret, so it works through a pooler too. The
 * server closes the connection when the signal is sent. If that fails, STATEMENT_TIMEOUT ends the statement.
 */
function cancelStatement({ host, port, processID, secretKey }: Connection): Promise<void> {
  const request = Buffer.alloc(16);
  [16, 80_877_102, processID, secretKey].forEach((word, index) => request.writeInt32BE(word, 4 * index));
  return new Promise((resolve) => {
    const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
    socket.setTimeout(cancelTimeout, () => socket.destroy());
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.resume().end(request);
  });
}

/** What the driver knows of a connection. */
interface Connection {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}
