import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { jobConnections } from './job-worker.js';

/** Seconds for which a node counts after its last sign of life. */
const lifetime = 60;

/** Seconds between two signs of life. */
const interval = 20;

/** Milliseconds to wait for a lost database at shutdown. */
const leaveMs = 1000;

/**
 * The nodes of the installation: each process has a row with the database connections that it may open, which expires by the
 * clock of the database server when the process dies.
 */
@Injectable()
export class NodeRegistry implements OnModuleDestroy {
  private readonly logger = new Logger('Database');
  private readonly id = randomUUID();
  private readonly jobs: number;
  private address = '';
  private timer: NodeJS.Timeout | undefined;
  private sign: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.jobs = settings.role === 'api' ? 0 : jobConnections;
  }

  /**
   * Logs how many connections this process may open, announces the number to the other nodes, and warns if the nodes together
   * may open more than the server allows.
   *
   * @param port that this process listens on; no other process on this host does
   */
  async join(port: number): Promise<void> {
    const { databasePoolSize } = this.settings;
    this.logger.log(
      `Opens at most ${databasePoolSize + this.jobs} connections: ${databasePoolSize} in the pool of the service ` +
        `(DATABASE_POOL_SIZE)${this.isPooled ? ' to the pooler of DATABASE_URL' : ''}${this.jobs === 0 ? '' : `, ${this.jobs - 1} for jobs, 1 that listens for jobs`}`,
    );
    this.address = `${hostname()}:${port}`;
    this.timer = setInterval(() => {
      // A node that cannot announce itself cannot open connections either.
      this.sign = this.announce().catch(() => undefined);
    }, interval * 1000).unref();
    try {
      // The process before this one on the same host and port is gone, even if it was killed.
      await this.dataSource.query('delete from "node" where address = $1', [this.address]);
      await this.announce();
      await this.warnOfTooMany();
    } catch (error) {
      this.logger.warn(`Cannot announce the connections of this process: ${String(error)}`);
    }
  }

  /** Whether this is the first of the living nodes, by their keys: the one that does what only one has to do. */
  async isFirst(): Promise<boolean> {
    const [first] = await this.dataSource.query<{ id: string }[]>(
      'select node_uuid as id from "node" where expires >= now() order by node_uuid limit 1',
    );
    // Without any, this process has not joined yet.
    return first === undefined || first.id === this.id;
  }

  /** Connections that go to the server itself; a pooler bounds the others. */
  private get connections(): number {
    return this.jobs + (this.isPooled ? 0 : this.settings.databasePoolSize);
  }

  private get isPooled(): boolean {
    return this.settings.databaseDirectUrl !== undefined;
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    const leaving = this.sign.then(() => this.dataSource.query('delete from "node" where node_uuid = $1', [this.id]));
    // If the database is away, the row expires.
    await Promise.race([leaving.catch(() => undefined), sleep(leaveMs, undefined, { ref: false })]);
  }

  /** Writes the row of this process, also after another node has deleted it, and deletes rows of dead nodes. */
  private async announce(): Promise<void> {
    await this.dataSource.query(
      `with dead as (delete from "node" where expires < now() and node_uuid <> $1)
       insert into "node" (node_uuid, address, connections, expires)
       values ($1, $2, $3, now() + make_interval(secs => $4))
       on conflict (node_uuid) do update set expires = excluded.expires`,
      [this.id, this.address, this.connections, lifetime],
    );
  }

  private async warnOfTooMany(): Promise<void> {
    const [row] = await this.dataSource.query<{ nodes: number; connections: number; allowed: number }[]>(
      `select count(*)::int as nodes, coalesce(sum(connections), 0)::int as connections,
              current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                - coalesce(current_setting('reserved_connections', true)::int, 0) as allowed
         from "node" where expires >= now()`,
    );
    if (row === undefined || row.connections <= row.allowed) return;
    this.logger.warn(
      `${row.nodes} nodes may open ${row.connections} connections together, but the server allows ${row.allowed} ` +
        '(max_connections without those for superusers). Raise max_connections or lower DATABASE_POOL_SIZE.',
    );
  }
}
