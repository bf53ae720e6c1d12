import { expect } from 'vitest';

/** How far the times may lie apart. */
const tolerance = 1.1;

/**
 * Fails if something takes longer for one than for another. They are done in turns, and compared by the time that
 * three in four take longer than: what else the machine does makes single ones slower, and none faster. As long as they
 * lie apart it goes on, until it cannot be the machine any more.
 *
 * @param actions what is done for whom
 * @param turns how often it is done before the times are compared for the first time
 */
export async function expectSameTime(
  actions: Readonly<Record<string, () => Promise<unknown>>>,
  { turns, beforeTurn = () => Promise.resolve() }: { turns: number; beforeTurn?: () => Promise<unknown> },
): Promise<void> {
  const times = new Map<string, number[]>(Object.keys(actions).map((kind) => [kind, []]));
  for (let turn = 1; turn <= 8 * turns; turn += 1) {
    await beforeTurn();
    for (const [kind, action] of Object.entries(actions)) {
      const begin = performance.now();
      await action();
      times.get(kind)?.push(performance.now() - begin);
    }
    if (turn % turns === 0 && spreadOf(times) <= tolerance) return;
  }
  const found = [...times].map(([kind, all]) => `${kind}: ${lowerQuartile(all).toFixed(2)} ms`);
  expect.fail(`it does not take the same time for all: ${found.join(', ')}`);
}

function spreadOf(times: ReadonlyMap<string, readonly number[]>): number {
  const quartiles = [...times.values()].map(lowerQuartile);
  return Math.max(...quartiles) / Math.min(...quartiles);
}

function lowerQuartile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}
