import type { ServerResponse } from 'node:http';

import type { DataSource, EntityManager } from 'typeorm';

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
  const leave = await enter(manager.dataSource);
  const runner = manager.dataSource.createQueryRunner();
  let cancelling: Promise<void> | undefined;
  try {
    const connection = (await runner.connect()) as Connection;
    // It was given up while it waited for a connection.
    if (response.destroyed) throw new AppError('tooSlow');
    const cancel = (): void => {
      cancelling = connection.cancelStatement();
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
    leave();
  }
}

/** Statements of lists in progress, and callbacks of those that wait. */
interface Lists {
  running: number;
  readonly waiting: (() => void)[];
}

const listsOf = new WeakMap<DataSource, Lists>();

/**
 * Waits while lists have a third of the connections of the pool, so that slow lists leave the others to other requests.
 *
 * @returns a function to call at the end of the statement
 */
async function enter(dataSource: DataSource): Promise<() => void> {
  const lists = listsOf.get(dataSource) ?? { running: 0, waiting: [] };
  listsOf.set(dataSource, lists);
  const { poolSize = 10 } = dataSource.options as { poolSize?: number };
  if (lists.running >= Math.max(1, Math.floor(poolSize / 3)))
    await new Promise<void>((resolve) => lists.waiting.push(resolve));
  else lists.running += 1;
  return () => {
    // The next one takes over the place.
    const next = lists.waiting.shift();
    if (next === undefined) lists.running -= 1;
    else next();
  };
}

/** A connection of the pool. */
interface Connection {
  /** Asks the server to cancel the statement in progress. The connections of the pool may all be busy with such statements. */
  cancelStatement(): Promise<void>;
}
