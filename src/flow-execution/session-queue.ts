import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { clientNetwork } from '../core/limits/client-network.js';
import { AppError } from '../rest/errors/app-error.js';
import { FairQueue, QueueFullError } from './fair-queue.js';
import type { Visit } from './visit.js';

/** Maximum number of waiting requests: fewer than the default of MAX_CONNECTIONS. */
const waiting = 1_000;
const waitingPerClient = 200;

/**
 * The queue of all requests that change sessions. A request waits here, without a connection to the database, until no
 * other request has its session.
 */
@Injectable()
export class SessionQueue {
  private readonly queue: FairQueue;

  constructor(dataSource: DataSource) {
    // The other half of the connections is for counters that commit outside the transaction.
    const running = Math.max(1, Math.floor((dataSource.options.poolSize ?? 10) / 2));
    this.queue = new FairQueue({ running, runningPerClient: Math.ceil(running / 2), waiting, waitingPerClient });
  }

  /**
   * Runs the work of a request. The work must not wait for other work in the queue.
   *
   * @throws AppError `overloaded` if too many requests wait, in all or from the network of this client
   */
  async run<T>({ sessionKey, clientIp }: Visit, work: () => Promise<T>): Promise<T> {
    try {
      return await this.queue.run(clientNetwork(clientIp), sessionKey, work);
    } catch (error) {
      throw error instanceof QueueFullError ? new AppError('overloaded') : error;
    }
  }
}
