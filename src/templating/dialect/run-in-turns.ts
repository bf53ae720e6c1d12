import { setImmediate } from 'node:timers/promises';

import { limits } from '../limits.js';
import type { WorkBudget } from './work-budget.js';

/** A rendering of LiquidJS: a generator that can be suspended at every yield; yielded promises are awaited. */
type Work = Generator<unknown, unknown, unknown>;

/** Steps between two checks of the clock; hundreds of steps take less than a millisecond. */
const stepsPerCheck = 16;

/**
 * Runs a rendering, and every one that it yields, within the budget, and yields to the event loop regularly, so that an
 * endless template does not block the process. LiquidJS's own `toPromise` does neither, and creates a promise per step.
 * LiquidJS itself checks the budget before every node.
 *
 * @throws BudgetError if it takes too long, or any error of the rendering
 */
export async function runInTurns(work: Work, budget: WorkBudget): Promise<unknown> {
  budget.resume();
  try {
    return await run(work, budget);
  } finally {
    budget.suspend();
  }
}

async function run(work: Work, budget: WorkBudget): Promise<unknown> {
  const stack = [work];
  // Not reset after awaiting a promise: it may have been settled already, so the event loop did not run.
  let turnStarted = performance.now();
  let value: unknown;
  let failure: { readonly error: unknown } | undefined;
  let steps = 0;
  for (let current = stack.at(-1); current !== undefined; current = stack.at(-1)) {
    let result: IteratorResult<unknown, unknown>;
    try {
      if (++steps % stepsPerCheck === 0 && performance.now() - turnStarted > limits.turn) {
        await budget.waitFor(setImmediate());
        turnStarted = performance.now();
      }
      result = failure === undefined ? current.next(value) : current.throw(failure.error);
      failure = undefined;
    } catch (error) {
      stack.pop();
      failure = { error };
      continue;
    }
    if (result.done === true) stack.pop();
    ({ value } = result);
    if (isWork(value)) {
      stack.push(value);
      value = undefined;
    } else if (value instanceof Promise) {
      try {
        value = await budget.waitFor(value);
      } catch (error) {
        failure = { error };
      }
    }
  }
  if (failure !== undefined) throw failure.error;
  return value;
}

/** Whether it is a generator; data never holds functions. */
function isWork(value: unknown): value is Work {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'next' in value && typeof value.next === 'function' && 'throw' in value;
}
