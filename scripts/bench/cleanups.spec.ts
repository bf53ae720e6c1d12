import { describe, expect, it } from 'vitest';

import { Cleanups } from './cleanups.js';

describe('Cleanups', () => {
  it('run in reverse order, including those that are added during the cleanup', async () => {
    const cleanups = new Cleanups();
    const order: number[] = [];
    const step = (number: number) => async () => void order.push(number);
    cleanups.add(step(1));
    cleanups.add(async () => {
      expect(() => cleanups.add(step(3))).toThrow('shutting down');
    });
    cleanups.add(step(2));
    await Promise.all([cleanups.run(), cleanups.run()]);
    expect(order).toEqual([2, 3, 1]);
  });
});
