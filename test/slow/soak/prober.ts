import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import type { RestartableDatabase } from '../../support/restartable-database.js';
import { adminKey } from '../../support/test-app.js';
import type { Node } from './node.js';

/** A time in which a probe said something else than was true. */
export interface Untruth {
  readonly node: string;
  readonly seconds: number;
  readonly said: 'ready' | 'not ready';
  readonly until: string;
}

/** Seconds between the samples of a node. */
const interval = 1;

/** Asks the probes of all nodes, and compares them with whether the node can work. */
export class Prober {
  /** The longest untruth of each kind and node. */
  readonly untruths: Untruth[] = [];
  /** Answers of liveness other than 200. */
  readonly livenessFailures: string[] = [];
  samples = 0;
  private readonly stopping = new AbortController();
  private readonly loops: Promise<void>[];

  constructor(
    private readonly nodes: readonly Node[],
    private readonly database: RestartableDatabase,
  ) {
    this.loops = nodes.map((node) => this.watch(node));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  /** Waits until all nodes are ready. @returns the seconds until then */
  async untilReady(): Promise<number> {
    const since = Date.now();
    for (;;) {
      const statuses = await Promise.all(this.nodes.map(({ url }) => statusOf(`${url}/-/health/ready/`)));
      if (statuses.every((status) => status === 200)) return (Date.now() - since) / 1000;
      await sleep(250);
    }
  }

  private async watch(node: Node): Promise<void> {
    let since: number | undefined;
    let said: Untruth['said'] | undefined;
    while (!this.stopping.signal.aborted) {
      const started = Date.now();
      const [live, ready, works] = await Promise.all([
        statusOf(`${node.url}/-/health/live/`),
        statusOf(`${node.url}/-/health/ready/`),
        node.role === 'api'
          ? statusOf(`${node.url}/api/v3/core/users/me/`).then((status) => status === 200)
          : this.databaseAnswers(),
      ]);
      this.samples += 1;
      // Without an answer at all, the process is being started.
      if (live !== undefined && live !== 200) this.livenessFailures.push(`${node.name}: ${live}`);
      const saying = ready === 200 ? 'ready' : 'not ready';
      const isTrue = (live === undefined && node.role === 'worker') || (ready === 200) === works;
      if (isTrue) since = said = undefined;
      else {
        if (said !== saying) since = started;
        said = saying;
        this.keep({
          node: node.name,
          said,
          seconds: (Date.now() - since!) / 1000,
          until: new Date().toISOString(),
        });
      }
      await sleep(Math.max(0, started + interval * 1000 - Date.now()));
    }
  }

  private keep(untruth: Untruth): void {
    const index = this.untruths.findIndex(({ node, said }) => node === untruth.node && said === untruth.said);
    if (index < 0) this.untruths.push(untruth);
    else if (this.untruths[index]!.seconds < untruth.seconds) this.untruths[index] = untruth;
  }

  private async databaseAnswers(): Promise<boolean> {
    const { url: connectionString } = this.database;
    const client = new Client({ connectionString, connectionTimeoutMillis: 3000, query_timeout: 3000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      void client.end().catch(() => undefined);
    }
  }
}

/** Returns the status, or undefined without an answer within five seconds. */
async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${adminKey}` },
      signal: AbortSignal.timeout(5000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
