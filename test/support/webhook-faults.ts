import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, vi } from 'vitest';

import { created } from '../factories/created.js';
import { createUser } from '../factories/user.js';
import { ApiClient } from './api-client.js';
import { RestartedService } from './restarted-service.js';
import { freePort, ServiceProcess } from './service-process.js';
import { adminKey, startTestApp } from './test-app.js';

/**
 * A receiver: notes each event in a file, then answers. Some of the time it refuses an event, or closes the connection after
 * it has noted it.
 */
const receiverSource = `
  const { appendFileSync } = require('node:fs');
  const [file, port] = process.argv.slice(1);
  require('node:http').createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      const event = JSON.parse(Buffer.concat(chunks));
      const chance = Math.random();
      if (chance < 0.03) return response.writeHead(503).end();
      appendFileSync(file, JSON.stringify([request.headers['webhook-id'], event]) + '\\n');
      if (chance < 0.06) return request.socket.destroy();
      response.end();
    });
  }).listen(Number(port), '127.0.0.1');
`;

/** Kills a process and waits for its end. */
async function kill(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL');
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
}

/**
 * Creates users over the API while processes of the API, a worker and the receiver are killed at random times. Expects that
 * each user who was created has an event which the receiver has noted, and that repeated events are equal.
 *
 * @returns how many events were delivered, and how many of them more than once
 */
export async function deliverWithFaults({
  events,
  kills,
}: {
  readonly events: number;
  readonly kills: number;
}): Promise<{ delivered: number; repeated: number }> {
  const app = await startTestApp({ ROLE: 'api', WEBHOOK_ALLOW: '127.0.0.1' });
  const folder = await mkdtemp(join(tmpdir(), 'webhooks-'));
  const file = join(folder, 'received');
  const port = await freePort();
  const { url: database } = app.dataSource.options as { url: string };
  const settings = { DATABASE_URL: database, BOOTSTRAP_TOKEN: adminKey, WEBHOOK_ALLOW: '127.0.0.1', LOG_LEVEL: 'warn' };
  const startReceiver = (): ChildProcess =>
    spawn(process.execPath, ['-e', receiverSource, file, String(port)], { stdio: 'inherit' });
  const startWorker = (): ServiceProcess =>
    ServiceProcess.start({ ...settings, ROLE: 'worker', PORT: '0', SECRET_KEY: 'secret-key-of-the-tests-0123456789' });
  const service = new RestartedService({ ...settings, LOG_LEVEL: 'info', ROLE: 'api' });
  let [url, receiver, worker] = [await service.start(), startReceiver(), startWorker()];

  const hurry = async (): Promise<void> => {
    // The lease of a killed worker, and the pauses after failures.
    await app.dataSource.query(`update "webhook_endpoint" set lease_until = null`);
    await app.dataSource.query(`update "webhook_delivery" set next_attempt = now() where state = 'pending'`);
  };
  const faults = [
    async () => {
      await kill(receiver);
      receiver = startReceiver();
    },
    async () => {
      worker.signal('SIGKILL');
      await worker.ended();
      worker = startWorker();
    },
    async () => {
      url = await service.restart('SIGKILL');
    },
  ];
  try {
    await created(
      app.api.post('/webhooks/endpoints/', {
        name: 'faults',
        url: `http://127.0.0.1:${port}/`,
        event_types: ['user.created'],
      }),
    );
    let answered = 0;
    const produce = async (): Promise<void> => {
      while (answered < events) {
        await createUser(new ApiClient(url, adminKey)).then(
          () => (answered += 1),
          // A killed process may have created the user or not: the table says so.
          () => sleep(50),
        );
      }
    };
    const producing = Promise.all(Array.from({ length: 8 }, produce));
    for (let n = 0; n < kills; n += 1) {
      const share = ((n + Math.random()) * events) / kills;
      await vi.waitFor(() => expect(answered).toBeGreaterThanOrEqual(share), { timeout: 300_000, interval: 10 });
      await faults[n % faults.length]?.();
      await hurry();
    }
    await producing;
    await vi.waitFor(
      async () => {
        await hurry();
        const [waiting] = await app.dataSource.query<{ n: number }[]>(
          `select count(*)::int as n from "webhook_delivery" where state <> 'delivered'`,
        );
        expect(waiting?.n).toBe(0);
      },
      { timeout: 120_000, interval: 1000 },
    );

    const users = await app.dataSource.query<{ pk: number }[]>(
      `select id as pk from "user" where username like 'user-%' order by id`,
    );
    const stored = await app.dataSource.query<{ id: string }[]>('select event_uuid as id from "outgoing_event"');
    const bodies = new Map<string, string>();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    for (const line of lines) {
      const [id, event] = JSON.parse(line) as [string, { id: string; data: { user: { pk: number } } }];
      expect(event.id).toBe(id);
      expect(bodies.get(id) ?? line).toBe(line);
      bodies.set(id, line);
    }
    expect([...bodies.keys()].sort()).toEqual(stored.map(({ id }) => id).sort());
    const subjects = [...bodies.values()].map((line) => (JSON.parse(line) as [string, { subject: string }])[1].subject);
    expect(subjects.sort()).toEqual(users.map(({ pk }) => `user/${pk}`).sort());
    return { delivered: bodies.size, repeated: lines.length - bodies.size };
  } finally {
    worker.signal('SIGKILL');
    await Promise.all([kill(receiver), worker.ended(), service.end('SIGKILL')]);
    await app.stop();
    await rm(folder, { recursive: true });
  }
}
