import { setImmediate } from 'node:timers/promises';

import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';

import { Batcher } from './batcher.js';

/** Doubles numbers, and notes which it was given at once. */
function doubling(most?: number): { batcher: Batcher<number, number>; batches: number[][] } {
  const batches: number[][] = [];
  const work = (items: readonly number[]): Promise<number[]> => {
    batches.push([...items]);
    if (items.includes(13)) return Promise.reject(new DatabaseError('not this one', 12, 'error'));
    return Promise.resolve(items.map((item) => 2 * item));
  };
  return { batcher: new Batcher(work, { ...(most !== undefined && { most }) }), batches };
}

describe('Batcher', () => {
  it('does together what is asked for at the same time', async () => {
    const { batcher, batches } = doubling();
    expect(await Promise.all([1, 2, 3].map((item) => batcher.do(item)))).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('does together, and next, what is asked for while it works', async () => {
    const batches: number[][] = [];
    const later: Promise<number>[] = [];
    const batcher = new Batcher<number, number>((items) => {
      batches.push([...items]);
      if (items.includes(1)) later.push(batcher.do(2), batcher.do(3));
      return Promise.resolve([...items]);
    });
    await batcher.do(1);
    expect(await Promise.all(later)).toEqual([2, 3]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('waits for more after it has served several, and never for one alone', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher<number, number>(
      (items) => {
        batches.push([...items]);
        return Promise.resolve([...items]);
      },
      { gather: 1000 },
    );
    await batcher.do(1);
    await batcher.do(2);
    await Promise.all([batcher.do(3), batcher.do(4)]);
    const fifth = batcher.do(5);
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    await Promise.all([fifth, batcher.do(6)]);
    expect(batches).toEqual([[1], [2], [3, 4], [5, 6]]);
  });

  it('does not do too much at once', async () => {
    const { batcher, batches } = doubling(2);
    await Promise.all([1, 2, 3].map((item) => batcher.do(item)));
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('fails for the one that cannot be done, and for no other', async () => {
    const { batcher } = doubling();
    const results = await Promise.allSettled([1, 13, 3].map((item) => batcher.do(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await batcher.do(4)).toBe(8);
  });

  it('fails for all when the database is away, and works when it is back', async () => {
    let isAway = true;
    const asked: number[] = [];
    const batcher = new Batcher((items: readonly number[]) => {
      asked.push(items.length);
      return isAway ? Promise.reject(new Error('Connection terminated')) : Promise.resolve([...items]);
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => batcher.do(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toEqual([3]);
    isAway = false;
    expect(await batcher.do(4)).toBe(4);
  });
});
