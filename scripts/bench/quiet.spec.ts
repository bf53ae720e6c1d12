import { describe, expect, it } from 'vitest';

import { busyShare } from './quiet.js';

const processor = (user: number, idle: number) => ({
  model: '',
  speed: 0,
  times: { user, nice: 0, sys: 0, idle, irq: 0 },
});

describe('How busy a machine is', () => {
  it('is the share of the time of all processors that passed', () => {
    const before = [processor(100, 900), processor(0, 0)];
    expect(busyShare(before, [processor(150, 950), processor(100, 0)])).toBe(0.75);
    expect(busyShare(before, [processor(100, 1000), processor(0, 100)])).toBe(0);
  });
});
