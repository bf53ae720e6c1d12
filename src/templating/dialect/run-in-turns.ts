import { setImmediate } from 'node:timers/promises';

import { limits } from '../limits.js';
import type { WorkBudget } from './work-budget.js';

/** Work that can be interrupted wherever it yields. LiquidJS renders as such; what is yielded is waited for. */
type Work = Generator<unknown, unknown, unknown>;

/** Steps between two looks at the clock; hundreds of them take less than a millisecond. */
const stepsPerLook = 16;

/**
 * Does the work, and every work that it yields, within the budget. Now and then everything else in the process gets its
 * turn, so that a template that never ends blocks nobody. LiquidJS's own `toPromise` does neither, and makes a promise
 * for every step. Whether there is time left, LiquidJS asks the budget itself, before every node.
 *
 * @throws BudgetError if it takes too long, or whatever the work throws
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
  // Not set anew after waiting for something: it may have been there already, and nobody else had a turn.
  let turnStarted = performance.now();
  let value: unknown;
  let failure: { readonly error: unknown } | undefined;
  let steps = 0;
  for (let current = stack.at(-1); current !== undefined; current = stack.at(-1)) {
    let result: IteratorResult<unknown, unknown>;
    try {
      if (++steps % stepsPerLook === 0 && performance.now() - turnStarted > limits.turn) {
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

/** Data never has functions, whatever the names in it are. */
function isWork(value: unknown): value is Work {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'next' in value && typeof value.next === 'function' && 'throw' in value;
}
