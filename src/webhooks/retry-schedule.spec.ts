import { expect, it } from 'vitest';

import { secondsToNextAttempt } from './retry-schedule.js';

it('retries 5 s after the first failure, then less and less often, for a day', () => {
  const delays: number[] = [];
  let age = 0;
  for (let failures = 1; ; failures += 1) {
    const seconds = secondsToNextAttempt(failures, age, 0.5);
    if (seconds === undefined) break;
    delays.push(seconds);
    age += seconds;
  }
  expect(delays).toEqual([5, 30, 120, 600, 1800, 3600, 7200, ...Array<number>(5).fill(14_400)]);
  expect(age).toBeGreaterThan(20 * 3600);
});

it('spreads the attempts by 20 %', () => {
  expect(secondsToNextAttempt(1, 0, 0)).toBeCloseTo(4);
  expect(secondsToNextAttempt(1, 0, 1)).toBeCloseTo(6);
});
