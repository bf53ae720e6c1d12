import { describe, expect, it } from 'vitest';

import { Cleanups } from './cleanups.js';

describe('Cleanups', () => {
  it('undo the last first, and what is begun while they run', async () => {
    const cleanups = new Cleanups();
    const undone: number[] = [];
    const step = (number: number) => async () => void undone.push(number);
    cleanups.add(step(1));
    cleanups.add(async () => {
      expect(() => cleanups.add(step(3))).toThrow('everything is being ended');
    });
    cleanups.add(step(2));
    await Promise.all([cleanups.run(), cleanups.run()]);
    expect(undone).toEqual([2, 3, 1]);
  });
});
