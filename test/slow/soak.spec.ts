import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { ApiClient } from '../support/api-client.js';
import { RestartableDatabase } from '../support/restartable-database.js';
import type { ReceivedMail } from '../support/smtp-sink.js';
import { adminKey } from '../support/test-app.js';
import { PatientClient } from './soak/client.js';
import { causeFault } from './soak/faults.js';
import { UnreliableMailServer } from './soak/mail-server.js';
import { Node } from './soak/node.js';
import { Prober } from './soak/prober.js';
import { SeededRandom } from './soak/random.js';
import { report } from './soak/report.js';

// SOAK_MINUTES=20 npx vitest run --project slow test/slow/soak.spec.ts
const minutes = Number(process.env['SOAK_MINUTES'] ?? 3);
const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 31));
/** Mails in the first nine tenths of the time: 5,000 in 20 minutes. */
const count = minutes * 250;

let database: RestartableDatabase;
let mailServer: UnreliableMailServer;
const nodes: Node[] = [];

beforeAll(async () => {
  database = await RestartableDatabase.start();
  mailServer = await UnreliableMailServer.start();
  const environment = {
    LOG_LEVEL: 'fatal',
    DATABASE_URL: database.url,
    // Five processes, with the connections for jobs, stay below the 100 of the server.
    DATABASE_POOL_SIZE: '8',
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    BOOTSTRAP_TOKEN: adminKey,
  };
  for (const name of ['api 1', 'api 2']) nodes.push(await Node.start(name, 'api', environment));
  for (const name of ['worker 1', 'worker 2', 'worker 3']) nodes.push(await Node.start(name, 'worker', environment));
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await mailServer.close();
  await database.drop();
});

async function query<T extends object>(statement: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<T>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** Creates users with addresses. @returns their keys */
async function createUsers(): Promise<number[]> {
  const rows = await query<{ id: number }>(
    `insert into "user" (uuid, username, name, email)
     select gen_random_uuid(), 'reader' || n, 'Reader', 'reader' || n || '@example.org' from generate_series(1, $1) n
     returning id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

async function mailsByState(): Promise<Record<string, number>> {
  const rows = await query<{ state: string; count: number }>(
    'select state, count(*)::int as count from mail_message group by state',
  );
  return Object.fromEntries(rows.map(({ state, count: many }) => [state, many]));
}

/** Ends the waits of the retry schedule, which are up to eight hours. */
async function retryNow(): Promise<Record<string, number>> {
  await query('update graphile_worker._private_jobs set run_at = now() where run_at > now()');
  return mailsByState();
}

it(
  'loses no mails in random faults, duplicates only those of workers that died, and has correct probes',
  async ({ annotate }) => {
    report(`SOAK_SEED=${seed} SOAK_MINUTES=${minutes}: ${count} mails`);
    const random = new SeededRandom(seed);
    const prober = new Prober(nodes, database);
    await prober.untilReady();
    const { port } = mailServer;
    const stage = await createEmailStage(new ApiClient(nodes[0]!.url, adminKey), {
      host: '127.0.0.1',
      port,
      timeout: 5,
      use_global_settings: false,
    });
    const users = await createUsers();
    const apis = nodes.filter(({ role }) => role === 'api');
    const client = new PatientClient(apis, stage.pk);
    const requesting = client.requestMails(users, minutes * 60 * 0.9);

    const causes = new Map<string, number>();
    const until = Date.now() + minutes * 60_000;
    while (Date.now() < until) {
      await sleep(random.between(2, 8) * 1000);
      for (const name of await causeFault({ database, mailServer, nodes, random })) {
        causes.set(name, (causes.get(name) ?? 0) + 1);
      }
    }
    const untilReady = await prober.untilReady();
    await requesting;
    await expect.poll(retryNow, { timeout: 600_000, interval: 5000 }).toEqual({ sent: count });
    await prober.stop();

    const deaths = nodes.filter(({ role }) => role === 'worker').flatMap(({ ends }) => ends.map(({ at }) => at));
    const receipts = new Map<string, ReceivedMail[]>();
    for (const mail of mailServer.mails) receipts.set(mail.to, [...(receipts.get(mail.to) ?? []), mail]);
    const duplicates = [...receipts.values()].filter((mails) => mails.length > 1);
    const unexplained = duplicates.filter(
      ([first, ...more]) =>
        more.some(({ messageId }) => messageId !== first!.messageId) ||
        !deaths.some((at) => at >= first!.at && at <= more[0]!.at),
    );
    const unasked = nodes.flatMap(({ ends }) => ends).filter(({ cause }) => cause === 'unasked').length;
    const result = {
      seed,
      minutes,
      faults: Object.fromEntries(causes),
      mails: count,
      lost: count - receipts.size,
      duplicates: duplicates.length,
      unexplained: unexplained.map((mails) =>
        mails.map(({ messageId, at }) => [messageId, new Date(at).toISOString()]),
      ),
      repeatedRequests: Object.fromEntries(client.failures),
      unaskedEnds: unasked,
      probes: prober.samples,
      untruths: prober.untruths,
      livenessFailures: prober.livenessFailures,
      untilReady,
    };
    report(JSON.stringify(result, null, 2));
    await annotate(JSON.stringify(result));
    expect(result.lost).toBe(0);
    expect(result.unexplained).toEqual([]);
    expect(result.livenessFailures).toEqual([]);
    expect(result.untruths.filter(({ seconds }) => seconds > 30)).toEqual([]);
    expect(untilReady).toBeLessThan(30);
  },
  (minutes + 15) * 60_000,
);
