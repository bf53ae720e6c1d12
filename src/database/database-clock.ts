import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Milliseconds between two readings of the server's clock. */
const readEveryMs = 60_000;

/** Seconds by which the clock of this machine may differ from the server's before it is logged. */
const toleratedSkew = 5;

/**
 * The clock of the database server, which decides when anything expires: nodes whose own clocks differ agree. It is read at
 * the start and once a minute; in between, the monotonic clock of this process continues it.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Clock');
  /** The server's time in milliseconds since 1970 minus `performance.now()`. */
  private offset = performance.timeOrigin;
  private timer: NodeJS.Timeout | undefined;
  private isSkewLogged = false;

  constructor(private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    if (!this.dataSource.isInitialized) return;
    await this.read();
    this.timer = setInterval(() => {
      // Without an answer, the last reading stays in use.
      this.read().catch(() => undefined);
    }, readEveryMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Returns the server's time in milliseconds since 1970. */
  now(): number {
    return Math.round(performance.now() + this.offset);
  }

  /** Returns the server's time. */
  date(): Date {
    return new Date(this.now());
  }

  /** Seconds by which the clock of this machine is ahead of the server's. */
  get skew(): number {
    return (Date.now() - this.now()) / 1000;
  }

  /** Reads the server's clock. @throws if the database is not available */
  async read(): Promise<void> {
    const before = performance.now();
    const [row] = await this.dataSource.query<{ now: number }[]>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    );
    // The server answered somewhere between the two readings.
    if (row !== undefined) this.offset = row.now - (before + performance.now()) / 2;
    this.logSkew();
  }

  /** Logs a skew once, and again after it has been tolerable. */
  private logSkew(): void {
    const { skew } = this;
    const isTolerable = Math.abs(skew) <= toleratedSkew;
    if (!isTolerable && !this.isSkewLogged) {
      this.logger.warn(
        `The clock of this machine is ${Math.abs(skew).toFixed(1)} s ${skew > 0 ? 'ahead of' : 'behind'} the database ` +
          `server's, which decides what has expired. Synchronize the clocks.`,
      );
    }
    this.isSkewLogged = !isTolerable;
  }
}
