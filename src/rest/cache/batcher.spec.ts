import { setImmediate } from 'node:timers/promises';

import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';

import { Batcher } from './batcher.js';

/** A batcher that doubles numbers, and the batches that it processed. */
function doubling(maxItems?: number): { batcher: Batcher<number, number>; batches: number[][] } {
  const batches: number[][] = [];
  const work = (items: readonly number[]): Promise<number[]> => {
    batches.push([...items]);
    if (items.includes(13)) return Promise.reject(new DatabaseError('not this one', 12, 'error'));
    return Promise.resolve(items.map((item) => 2 * item));
  };
  return { batcher: new Batcher(work, { ...(maxItems !== undefined && { maxItems }) }), batches };
}

describe('Batcher', () => {
  it('processes concurrent calls in one batch', async () => {
    const { batcher, batches } = doubling();
    expect(await Promise.all([1, 2, 3].map((item) => batcher.run(item)))).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('processes calls that arrive during a batch in the next one', async () => {
    const batches: number[][] = [];
    const later: Promise<number>[] = [];
    const batcher = new Batcher<number, number>((items) => {
      batches.push([...items]);
      if (items.includes(1)) later.push(batcher.run(2), batcher.run(3));
      return Promise.resolve([...items]);
    });
    await batcher.run(1);
    expect(await Promise.all(later)).toEqual([2, 3]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('waits for more calls after a batch of several, and never after a single call', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher<number, number>(
      (items) => {
        batches.push([...items]);
        return Promise.resolve([...items]);
      },
      { gatherMs: 1000 },
    );
    await batcher.run(1);
    await batcher.run(2);
    await Promise.all([batcher.run(3), batcher.run(4)]);
    const fifth = batcher.run(5);
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    await Promise.all([fifth, batcher.run(6)]);
    expect(batches).toEqual([[1], [2], [3, 4], [5, 6]]);
  });

  it('splits calls into batches of at most maxItems', async () => {
    const { batcher, batches } = doubling(2);
    await Promise.all([1, 2, 3].map((item) => batcher.run(item)));
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('rejects only the call whose item cannot be processed', async () => {
    const { batcher } = doubling();
    const results = await Promise.allSettled([1, 13, 3].map((item) => batcher.run(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await batcher.run(4)).toBe(8);
  });

  it('rejects the whole batch on an error that concerns all of it, and works afterwards', async () => {
    let isLost = true;
    const batches: number[] = [];
    const batcher = new Batcher(
      (items: readonly number[]) => {
        batches.push(items.length);
        return isLost ? Promise.reject(new Error('Connection terminated')) : Promise.resolve([...items]);
      },
      { failsAll: (error) => error instanceof Error && error.message === 'Connection terminated' },
    );
    const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.run(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(batches).toEqual([3]);
    isLost = false;
    expect(await batcher.run(4)).toBe(4);
  });
});
