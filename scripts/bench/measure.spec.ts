import { describe, expect, it } from 'vitest';

import { compare, medians, withRatios } from './measure.js';

describe('compare', () => {
  it('warms up each subject, then alternates between them in each round', async () => {
    const turns: string[] = [];
    const subject = (name: string, rates: number[]) => ({
      name,
      run: async (seconds: number) => {
        turns.push(`${name} ${seconds}`);
        return { requests: 1, rate: rates.shift() ?? 0 };
      },
    });
    const subjects = [subject('a', [0, 10, 20, 90]), subject('b', [0, 10, 10, 30])];
    const rows = await compare(
      'case',
      subjects,
      { rounds: 3, seconds: 4, warmUp: 1, waitForIdle: () => Promise.resolve() },
      0,
    );
    expect(turns).toEqual(['a 1', 'b 1', 'a 4', 'b 4', 'a 4', 'b 4', 'a 4', 'b 4']);
    expect(rows).toMatchObject([
      { case: 'case', target: 'a', rate: 20 },
      { case: 'case', target: 'b', rate: 10, ratio: 2 },
    ]);
  });

  it('computes the ratio of rates within a round', () => {
    expect(
      withRatios([
        { case: 'c', target: 'a', rate: 30 },
        { case: 'c', target: 'b', rate: 60 },
      ]),
    ).toEqual([
      { case: 'c', target: 'a', rate: 30 },
      { case: 'c', target: 'b', rate: 60, ratio: 0.5 },
    ]);
  });

  it('takes the median of each figure separately and omits unknown figures', () => {
    const rows = [
      { case: 'c', target: 'a', rate: 1, p50: 9, cpu: undefined },
      { case: 'c', target: 'a', rate: 3, p50: 7, cpu: undefined },
      { case: 'c', target: 'a', rate: 2, p50: 8, cpu: undefined },
    ];
    expect(medians(rows)).toEqual({ case: 'c', target: 'a', rate: 2, p50: 8 });
  });
});
