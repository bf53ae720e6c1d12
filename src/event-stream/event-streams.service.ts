import { Readable } from 'node:stream';

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Gauge, type Registry } from 'prom-client';

import { SETTINGS, type Settings } from '../config/settings.js';
import type { Caller } from '../core/access/caller.js';
import { AccessGuard } from '../core/authentication/access.guard.js';
import type { RouteAccess } from '../rest/access/route-access.js';
import { AppError } from '../rest/errors/app-error.js';
import { EventFeed } from './event-feed.js';
import { EventStream, type StreamFilter } from './event-stream.js';
import type { StreamCursor } from './stream-cursor.js';

/** Streams that one caller can have open, in a process. */
const mostOfCaller = 10;

/** Streams of a process: this many, and at most this part of MAX_CONNECTIONS. */
const mostStreams = 200;
const share = 1 / 4;

/** Milliseconds between two checks of a caller's credentials and permission, and of whether the client reads. */
const checkMs = 5000;

/** Milliseconds in which an ended stream can be read to its end. */
const endMs = 1000;

/** A request for a stream. */
interface StreamRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly caller: Caller;
  readonly access: RouteAccess;
  readonly filter: StreamFilter;
  /** Undefined: from now on. */
  readonly after: StreamCursor | undefined;
}

interface OpenStream extends StreamRequest {
  readonly stream: EventStream;
}

/** The open streams of this process: bounds their number, and ends each with its caller's credentials or permission. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Set<OpenStream>();
  private readonly most: number;
  private isStopping = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly guard: AccessGuard,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.most = Math.max(1, Math.min(mostStreams, Math.floor(settings.maxConnections * share)));
  }

  /** Ends all streams. Clients go on with another process. */
  onModuleDestroy(): void {
    this.isStopping = true;
    for (const open of this.streams) end(open);
  }

  /** Registers the metrics of this process. */
  register(registry: Registry): void {
    const count = (): number => this.streams.size;
    new Gauge({
      name: 'event_streams',
      help: 'Open streams of events.',
      registers: [registry],
      collect() {
        this.set(count());
      },
    });
  }

  /**
   * Opens a stream.
   *
   * @throws AppError `tooManyRequests` or `overloaded` if the caller, or all callers, have too many
   */
  async open(streamRequest: StreamRequest): Promise<Readable> {
    const { caller, reply, filter, after } = streamRequest;
    if (this.isStopping || this.streams.size >= this.most) throw new AppError('overloaded');
    const own = [...this.streams].filter((open) => open.caller.pk === caller.pk);
    if (own.length >= mostOfCaller) throw new AppError('tooManyRequests', '5');
    const stream = new EventStream(this.feed, filter);
    const open = { ...streamRequest, stream };
    this.streams.add(open);
    const check = setInterval(() => void this.check(open), checkMs).unref();
    reply.raw.once('close', () => {
      clearInterval(check);
      this.streams.delete(open);
      stream.close();
    });
    try {
      await stream.start(after);
    } catch (error) {
      // The error is answered, which closes the response.
      stream.close();
      throw error;
    }
    if (reply.raw.destroyed) stream.close();
    return Readable.from(stream.messages(), { objectMode: false, highWaterMark: 16_384 });
  }

  /** Ends a stream whose caller's credentials or permission have ended, or whose client does not read. */
  private async check(open: OpenStream): Promise<void> {
    const { request, access, stream } = open;
    if (stream.isStuck()) {
      open.reply.raw.destroy();
      return;
    }
    try {
      await this.guard.authorize(request, access);
    } catch (error) {
      // Not because the database is away: then there are no events either.
      if (error instanceof AppError) end(open);
    }
  }
}

/** Ends a stream; cuts it off if the client does not read its end. */
function end({ stream, reply }: OpenStream): void {
  stream.close();
  const timer = setTimeout(() => reply.raw.destroy(), endMs).unref();
  reply.raw.once('close', () => clearTimeout(timer));
}
