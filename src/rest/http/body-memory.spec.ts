import { Readable } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { BodyLease, BodyMemory, smallBody } from './body-memory.js';

const most = 16 * smallBody;
const overloaded = { code: 'overloaded', status: 503, retryAfter: 2 };

function stream(size: number, piece = 16_384): Readable {
  const pieces = Array.from({ length: Math.ceil(size / piece) }, (_, index) => Math.min(piece, size - index * piece));
  return Readable.from(pieces.map((length) => Buffer.alloc(length, 'x')));
}

/** A lease of this client that holds a body of this size. */
async function held(memory: BodyMemory, client: string, size: number): Promise<BodyLease> {
  const lease = new BodyLease(memory, client);
  try {
    expect(await lease.read(stream(size))).toHaveLength(size);
  } catch (error) {
    lease.release();
    throw error;
  }
  return lease;
}

describe('The memory for bodies', () => {
  it('is limited to a quarter for each client', async () => {
    const memory = new BodyMemory(most);
    const leases = [];
    for (let index = 0; index < 4; index += 1) leases.push(await held(memory, 'a', smallBody));
    await expect(held(memory, 'a', 1)).rejects.toMatchObject(overloaded);
    await held(memory, 'b', 1);
    leases[0]?.release();
    await held(memory, 'a', smallBody);
  });

  it('is limited to a half for large bodies; the rest is reserved for small bodies', async () => {
    const memory = new BodyMemory(most);
    for (const client of ['a', 'b']) await held(memory, client, 4 * smallBody);
    await expect(held(memory, 'c', 2 * smallBody)).rejects.toMatchObject(overloaded);
    for (const client of ['d', 'e']) {
      for (let index = 0; index < 4; index += 1) await held(memory, client, smallBody);
    }
    await expect(held(memory, 'f', 1)).rejects.toMatchObject(overloaded);
  });

  it('is refused before a large body is read', () => {
    const lease = new BodyLease(new BodyMemory(most), 'a');
    lease.check(4 * smallBody);
    expect(() => lease.check(4 * smallBody + 1)).toThrow(expect.objectContaining(overloaded));
  });

  it('is reserved only for received bytes, also in chunks of one byte', async () => {
    const memory = new BodyMemory(most);
    const lease = new BodyLease(memory, 'a');
    expect(await lease.read(stream(smallBody, 1))).toHaveLength(smallBody);
    await held(memory, 'a', smallBody);
    lease.release();
    lease.release();
    await held(memory, 'a', 2 * smallBody);
  });
});
