import { describe, expect, it } from 'vitest';

import { compare, middle, withRatios } from './measure.js';

describe('A comparison', () => {
  it('lets both sides work in turn, once to warm up and then in each round', async () => {
    const turns: string[] = [];
    const contender = (name: string, rates: number[]) => ({
      name,
      work: async (seconds: number) => {
        turns.push(`${name} ${seconds}`);
        return { requests: 1, rate: rates.shift() ?? 0 };
      },
    });
    const sides = [contender('a', [0, 10, 20, 90]), contender('b', [0, 10, 10, 30])];
    const rows = await compare('case', sides, { rounds: 3, seconds: 4, warmUp: 1, quiet: () => Promise.resolve() }, 0);
    expect(turns).toEqual(['a 1', 'b 1', 'a 4', 'b 4', 'a 4', 'b 4', 'a 4', 'b 4']);
    expect(rows).toMatchObject([
      { case: 'case', what: 'a', rate: 20 },
      { case: 'case', what: 'b', rate: 10, ratio: 2 },
    ]);
  });

  it('takes the ratio of rates of the same round', () => {
    expect(
      withRatios([
        { case: 'c', what: 'a', rate: 30 },
        { case: 'c', what: 'b', rate: 60 },
      ]),
    ).toEqual([
      { case: 'c', what: 'a', rate: 30 },
      { case: 'c', what: 'b', rate: 60, ratio: 0.5 },
    ]);
  });

  it('takes the middle of each figure by itself, and leaves out what nobody knows', () => {
    const rows = [
      { case: 'c', what: 'a', rate: 1, p50: 9, cpu: undefined },
      { case: 'c', what: 'a', rate: 3, p50: 7, cpu: undefined },
      { case: 'c', what: 'a', rate: 2, p50: 8, cpu: undefined },
    ];
    expect(middle(rows)).toEqual({ case: 'c', what: 'a', rate: 2, p50: 8 });
  });
});
