import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import type { RestartableDatabase } from '../../support/restartable-database.js';
import type { UnreliableMailServer } from './mail-server.js';
import type { Node } from './node.js';
import type { SeededRandom } from './random.js';
import { report } from './report.js';

/** What faults act on. */
export interface World {
  readonly database: RestartableDatabase;
  readonly mailServer: UnreliableMailServer;
  readonly nodes: readonly Node[];
  readonly random: SeededRandom;
}

interface Fault {
  readonly name: string;
  /** Faults of different parts can happen at the same time. */
  readonly part: 'process' | 'mail server' | 'database';
  /** Longest time in seconds. */
  readonly atMost?: number;
  /** Causes the fault, and ends it. */
  readonly run: (world: World, seconds: number) => Promise<void>;
}

/** Longest time in seconds of most faults. A fifth of those that may last longer do. */
const short = 10;

const end =
  (role: Node['role'], signal: 'SIGKILL' | 'SIGTERM') =>
  ({ nodes, random }: World): Promise<void> => {
    random.pick(nodes.filter((node) => node.role === role)).end(signal);
    return Promise.resolve();
  };

/** Every kind of fault. */
const faults: readonly Fault[] = [
  { name: 'kill an API process', part: 'process', run: end('api', 'SIGKILL') },
  { name: 'kill a worker', part: 'process', run: end('worker', 'SIGKILL') },
  { name: 'restart an API process', part: 'process', run: end('api', 'SIGTERM') },
  { name: 'restart a worker', part: 'process', run: end('worker', 'SIGTERM') },
  {
    name: 'mail server down',
    part: 'mail server',
    run: ({ mailServer }, seconds) => mailServer.beDownDuring(() => sleep(seconds * 1000)),
  },
  {
    name: 'mail server defers',
    part: 'mail server',
    atMost: short,
    run: ({ mailServer }, seconds) => mailServer.deferDuring(() => sleep(seconds * 1000)),
  },
  {
    name: 'mail server silent',
    part: 'mail server',
    run: ({ mailServer }, seconds) => mailServer.beSilentDuring(() => sleep(seconds * 1000)),
  },
  {
    name: 'database restarts',
    part: 'database',
    run: async ({ database, random }, seconds) => {
      await database.end(random.pick(['SIGINT', 'SIGQUIT'] as const));
      await sleep(seconds * 1000);
      await database.startAgain();
    },
  },
  {
    name: 'database connections end',
    part: 'database',
    run: ({ database }) =>
      asAdministrator(database, async (client) => {
        await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where pid <> pg_backend_pid() and backend_type = 'client backend' and random() < 0.5`,
        );
      }),
  },
  {
    name: 'no database connections left',
    part: 'database',
    atMost: short,
    run: ({ database }, seconds) => occupyConnections(database, seconds),
  },
  {
    name: 'database read-only',
    part: 'database',
    atMost: short,
    run: async ({ database }, seconds) => {
      await setReadOnly(database, 'on');
      await sleep(seconds * 1000);
      await setReadOnly(database, 'off');
    },
  },
  {
    name: 'database connections silent',
    part: 'database',
    run: async ({ database }, seconds) => {
      database.fallSilent();
      await sleep(seconds * 1000);
      database.endSilence();
    },
  },
];

/** Causes one random fault, or two of different parts at the same time, and ends them. @returns their names */
export async function causeFault(world: World): Promise<string[]> {
  const { random } = world;
  const first = random.pick(faults);
  const second = random.pick(faults);
  const chosen = random.next() < 0.3 && first.part !== second.part ? [first, second] : [first];
  const lasting = chosen.map((fault) => {
    const seconds = random.next() < 0.2 ? random.between(35, 45) : random.between(1, short);
    return { fault, seconds: Math.min(seconds, fault.atMost ?? seconds) };
  });
  for (const { fault, seconds } of lasting) {
    report(`${fault.name}, ${seconds.toFixed(0)} s`);
  }
  await Promise.all(lasting.map(({ fault, seconds }) => fault.run(world, seconds)));
  return chosen.map(({ name }) => name);
}

async function asAdministrator(database: RestartableDatabase, work: (client: Client) => Promise<void>): Promise<void> {
  const options = { connectionString: database.url, options: '-c default_transaction_read_only=off' };
  for (;;) {
    const client = new Client({ ...options, connectionTimeoutMillis: 5000, query_timeout: 5000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await work(client);
      return;
    } catch {
      await sleep(250);
    } finally {
      void client.end().catch(() => undefined);
    }
  }
}

function setReadOnly(database: RestartableDatabase, value: 'on' | 'off'): Promise<void> {
  return asAdministrator(database, async (client) => {
    await client.query(`alter system set default_transaction_read_only = ${value}`);
    await client.query('select pg_reload_conf()');
  });
}

/** Opens connections until the server refuses them, and takes those that the service gives up. */
async function occupyConnections({ url }: RestartableDatabase, seconds: number): Promise<void> {
  const clients: Client[] = [];
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    await client.connect().then(
      () => clients.push(client),
      () => sleep(50),
    );
  }
  await Promise.allSettled(clients.map((client) => client.end()));
}
