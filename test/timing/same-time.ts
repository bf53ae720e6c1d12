import { performance } from 'node:perf_hooks';

import { expect, type TestContext } from 'vitest';

/** How far the medians may lie apart. */
const tolerance = 1.1;

/**
 * Fails if something takes longer for one than for another, by the median; the medians go into the report. They are
 * done in turns, in another order each time, so that what else the machine does makes all of them slow alike. As long
 * as the medians differ it continues, until the machine cannot be the cause.
 *
 * @param actions the actions by name, each once a round; an action returns the function that is timed
 * @param turns how often it is done before the medians are compared for the first time
 */
export async function expectSameTime(
  actions: Readonly<Record<string, () => Promise<() => Promise<unknown>>>>,
  { turns, annotate }: { turns: number; annotate: TestContext['annotate'] },
): Promise<void> {
  const kinds = Object.entries(actions).map(([kind, prepare]) => ({ kind, prepare, times: [] as number[] }));
  for (let turn = -2; turn < 4 * turns; turn += 1) {
    if (turn > 0 && turn % turns === 0 && spreadOf(kinds) <= tolerance) break;
    for (const place of kinds.keys()) {
      const { prepare, times } = kinds[(place + turn + 2) % kinds.length]!;
      const action = await prepare();
      const begin = performance.now();
      await action();
      // The first two turns warm up what all of them use.
      if (turn >= 0) times.push(performance.now() - begin);
    }
  }
  const found = kinds.map(({ kind, times }) => `${kind} ${medianOf(times).toFixed(2)} ms`).join(', ');
  await annotate(`median of ${kinds[0]!.times.length} each: ${found}`);
  expect(spreadOf(kinds), found).toBeLessThanOrEqual(tolerance);
}

function spreadOf(kinds: readonly { readonly times: readonly number[] }[]): number {
  const medians = kinds.map(({ times }) => medianOf(times));
  return Math.max(...medians) / Math.min(...medians);
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
