import { describe, expect, it } from 'vitest';

import { BudgetError, WorkBudget } from './work-budget.js';

function setup(): { budget: WorkBudget; times: { wall: number; processor: number } } {
  const times = { wall: 500, processor: 90 };
  const budget = new WorkBudget(
    100,
    () => times.wall,
    () => times.processor,
  );
  return { budget, times };
}

describe('WorkBudget', () => {
  it('throws when the budget is exceeded', () => {
    const { budget, times } = setup();
    budget.resume();
    for (let ms = 0; ms < 100; ms += 1) {
      times.wall += 1;
      times.processor += 1;
      budget.check();
    }
    const goOn = (): void => {
      times.wall += 60;
      times.processor += 60;
      budget.check();
    };
    goOn();
    goOn();
    expect(goOn).toThrow(BudgetError);
  });

  it('does not count time before the work, between its parts and during waits', async () => {
    const { budget, times } = setup();
    for (let piece = 0; piece < 9; piece += 1) {
      times.wall += 1000;
      times.processor += 1000;
      budget.resume();
      times.wall += 10;
      await budget.waitFor(Promise.resolve().then(() => (times.wall += 1000)));
      budget.check();
      budget.suspend();
    }
  });

  it('does not count time in which the process was preempted', () => {
    const { budget, times } = setup();
    budget.resume();
    for (let preemption = 0; preemption < 9; preemption += 1) {
      times.wall += 10_000;
      times.processor += 10;
      budget.check();
    }
  });
});
