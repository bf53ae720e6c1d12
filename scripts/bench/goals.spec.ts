import { describe, expect, it } from 'vitest';

import { afterAll, goalsOf, secondStart, soakMinute } from './goals.js';

const short = (goals: ReturnType<typeof goalsOf>): unknown[] =>
  goals.map(({ figure, goal, measured, isMet }) => [figure, goal, measured, isMet]);

describe('goalsOf', () => {
  it('compares rates with each measured target, with lower goals for tuned peers', () => {
    const rows = [
      { case: 'list of 20', target: 'email-stage', rate: 900 },
      { case: 'list of 20', target: 'ceiling', ratio: 0.8 },
      { case: 'list of 20', target: 'drf', ratio: 9.5 },
      { case: 'list of 20', target: 'drf-tuned', ratio: 5 },
      { case: 'list of 20 of 100,000', target: 'ceiling', ratio: 2 },
    ];
    expect(short(goalsOf(rows, []))).toEqual([
      ['list of 20, rate relative to ceiling', 'at least 0.80 ×', '0.80 ×', true],
      ['list of 20, rate relative to drf', 'at least 10.00 ×', '9.50 ×', false],
      ['list of 20, rate relative to drf-tuned', 'at least 5.00 ×', '5.00 ×', true],
    ]);
  });

  it('checks start-up time and memory', () => {
    const moments = [
      { moment: secondStart, ready: 4001 },
      { moment: afterAll, rss: 249 },
    ];
    expect(short(goalsOf([], moments))).toEqual([
      ['start to ready, second start', 'at most 4.00 s', '4.00 s', false],
      ['memory after all cases', 'at most 250 MB', '249 MB', true],
    ]);
  });

  it('compares memory in the last third of a soak with the first third', () => {
    const soak = [100, 110, 500, 120, 111, 120].map((rss, index) => ({ moment: soakMinute(index + 1), rss }));
    expect(short(goalsOf([], soak))).toEqual([
      ['memory at the end of the soak, relative to its start', 'at most 1.10 ×', '1.10 ×', true],
    ]);
  });
});
