import { describe, expect, it } from 'vitest';

import { cpuUtilization } from './idle.js';

const processor = (user: number, idle: number) => ({
  model: '',
  speed: 0,
  times: { user, nice: 0, sys: 0, idle, irq: 0 },
});

describe('cpuUtilization', () => {
  it('returns the busy share of the elapsed time of all processors', () => {
    const before = [processor(100, 900), processor(0, 0)];
    expect(cpuUtilization(before, [processor(150, 950), processor(100, 0)])).toBe(0.75);
    expect(cpuUtilization(before, [processor(100, 1000), processor(0, 100)])).toBe(0);
  });
});
