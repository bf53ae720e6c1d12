import { describe, expect, it } from 'vitest';

import { nextAttempt } from './retry-schedule.js';

const queued = new Date('2026-01-01T00:00:00Z');
const message = { queued, earlierAttempts: 0, deadline: null };

function delay(attempts: number, random = 0.5): number | undefined {
  const next = nextAttempt({ ...message, attempts }, queued, random);
  return next && (next.getTime() - queued.getTime()) / 1000;
}

describe('nextAttempt', () => {
  it('follows the documented schedule', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((attempts) => delay(attempts))).toEqual([
      10, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800,
    ]);
  });

  it('adds 20 % jitter in both directions', () => {
    expect([delay(1, 0), delay(1, 1)]).toEqual([8, 12]);
  });

  it('waits as long as the server says, if that is longer', () => {
    const after = (seconds: number) => nextAttempt({ ...message, attempts: 1 }, queued, 0.5, seconds)?.getTime();
    expect([after(5), after(60)]).toEqual([queued.getTime() + 10_000, queued.getTime() + 60_000]);
  });

  it('starts over for a requeued message', () => {
    const again = { ...message, earlierAttempts: 12 };
    expect(nextAttempt({ ...again, attempts: 13 }, queued, 0.5)).toEqual(new Date(queued.getTime() + 10_000));
    expect(nextAttempt({ ...again, attempts: 14 }, queued, 0.5)).toEqual(new Date(queued.getTime() + 30_000));
  });

  it('gives up a day after the message was queued', () => {
    const late = new Date(queued.getTime() + 20 * 3600 * 1000);
    expect(nextAttempt({ ...message, attempts: 12 }, late, 0.5)).toBeUndefined();
    expect(nextAttempt({ ...message, attempts: 6 }, late, 0.5)).toBeDefined();
  });

  it('never exceeds the deadline', () => {
    const deadline = new Date(queued.getTime() + 60_000);
    expect(nextAttempt({ ...message, deadline, attempts: 2 }, queued, 0.5)).toBeDefined();
    expect(nextAttempt({ ...message, deadline, attempts: 3 }, queued, 0.5)).toBeUndefined();
  });
});
