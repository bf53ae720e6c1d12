import { AsyncLocalStorage } from 'node:async_hooks';

import {
  type EntityManager,
  type EntitySubscriberInterface,
  EventSubscriber,
  type QueryRunner,
  type TransactionStartEvent,
} from 'typeorm';

/** Who a change is attributed to: the caller and the client of a request. */
export interface Actor {
  readonly clientIp: string;
  /** Undefined until the request is authenticated, and for anonymous visitors. */
  user?: ActingUser;
}

export interface ActingUser {
  readonly pk: number;
  readonly username: string;
  readonly email: string;
}

const actors = new AsyncLocalStorage<Actor>();

/** Runs `work`, and attributes every change in it to `actor`. Without an actor, changes are the service's own. */
export function runAs<T>(actor: Actor, work: () => T): T {
  return actors.run(actor, work);
}

/** Attributes the rest of the request to a user, from its next transaction on. */
export function identify({ pk, username, email }: ActingUser): void {
  const actor = actors.getStore();
  if (actor !== undefined) actor.user = { pk, username, email };
}

/** As `identify`, also for the transaction of `manager`, which began before the user was known. */
export async function identifyIn({ queryRunner }: EntityManager, user: ActingUser): Promise<void> {
  identify(user);
  if (queryRunner?.isTransactionActive === true) await setActor(queryRunner);
}

/**
 * Names the actor to the database at the start of each transaction, for the triggers that write events of changes
 * (`audit-triggers.ts`). A write outside of a transaction has no actor.
 */
@EventSubscriber()
export class ActorSubscriber implements EntitySubscriberInterface {
  async afterTransactionStart({ queryRunner }: TransactionStartEvent): Promise<void> {
    // Savepoints start here too; they have the actor of their transaction.
    if (queryRunner.data['hasActor'] !== true && actors.getStore() !== undefined) await setActor(queryRunner);
  }
}

async function setActor(queryRunner: QueryRunner): Promise<void> {
  const actor = actors.getStore();
  if (actor === undefined) return;
  queryRunner.data['hasActor'] = true;
  // Until the transaction ends: the next one on this connection has another actor.
  await queryRunner.query(`select set_config('audit.actor', $1, true)`, [JSON.stringify(actor)]);
}
