import type { Readable } from 'node:stream';

import { AppError } from '../errors/app-error.js';

/** Bytes that every request can send; a larger body needs a reason. */
export const smallBody = 65_536;

/**
 * The memory for request bodies, shared by all requests of the process. Bodies above `smallBody` get at most half of it,
 * so that they leave room for the small ones, and one client gets at most a quarter, so that it leaves room for others.
 */
export class BodyMemory {
  private readonly ofClients = new Map<string, number>();
  private used = 0;

  /** @param most bytes for all bodies */
  constructor(private readonly most: number) {}

  /**
   * Changes what one body takes.
   *
   * @param from bytes that it has
   * @param to bytes that it gets; fewer than `from` always fit
   * @throws AppError `overloaded` if there is not enough left
   */
  resize(client: string, from: number, to: number): void {
    const ofClient = (this.ofClients.get(client) ?? 0) + to - from;
    const used = this.used + to - from;
    const most = to > smallBody ? this.most / 2 : this.most;
    if (to > from && (used > most || ofClient > this.most / 4)) throw new AppError('overloaded');
    this.used = used;
    if (ofClient === 0) this.ofClients.delete(client);
    else this.ofClients.set(client, ofClient);
  }
}

/** The memory that the body of one request takes, until `release`. */
export class BodyLease {
  private held = 0;

  constructor(
    private readonly memory: BodyMemory,
    private readonly client: string,
  ) {}

  /** @throws AppError `overloaded` if a body of this size would get no memory now */
  check(size: number): void {
    this.memory.resize(this.client, this.held, this.held + size);
    this.memory.resize(this.client, this.held + size, this.held);
  }

  /**
   * Reads a stream to its end. The memory grows with what has arrived, not with what was announced.
   *
   * @param admit is asked before more bytes are kept, with how many there would be; throws to refuse them
   * @throws AppError `overloaded`; the stream is left where it is
   */
  async read(stream: Readable, admit?: (size: number) => Promise<void> | void): Promise<Buffer> {
    let bytes = Buffer.alloc(0);
    let size = 0;
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const grown = size + chunk.length;
      await admit?.(grown);
      if (grown > bytes.length) {
        // Doubled, so that a body in pieces of one byte takes neither more memory nor more time than another.
        const doubled = Math.max(grown, 2 * bytes.length);
        const capacity = grown <= smallBody ? Math.min(doubled, smallBody) : doubled;
        this.memory.resize(this.client, this.held, this.held + capacity - bytes.length);
        this.held += capacity - bytes.length;
        const larger = Buffer.allocUnsafeSlow(capacity);
        bytes.copy(larger, 0, 0, size);
        bytes = larger;
      }
      chunk.copy(bytes, size);
      size = grown;
    }
    return bytes.subarray(0, size);
  }

  /** Gives the memory back. */
  release(): void {
    this.memory.resize(this.client, this.held, 0);
    this.held = 0;
  }
}
