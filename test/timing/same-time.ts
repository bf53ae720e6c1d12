import { performance } from 'node:perf_hooks';

import { expect, type TestContext } from 'vitest';

/** Maximum ratio of the medians. */
const tolerance = 1.1;

/**
 * Fails if the median durations of actions differ, and annotates the test with the medians. Each round runs all actions
 * in a rotated order, so that other load on the machine affects all of them equally. While the medians differ, rounds
 * are repeated, up to four times as many, to rule out chance.
 *
 * @param actions actions by name; each prepares a run and returns the function to be timed
 * @param turns number of rounds before the medians are first compared
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
      const start = performance.now();
      await action();
      // The first two rounds are a warm-up.
      if (turn >= 0) times.push(performance.now() - start);
    }
  }
  const medians = kinds.map(({ kind, times }) => `${kind} ${medianOf(times).toFixed(2)} ms`).join(', ');
  await annotate(`median of ${kinds[0]!.times.length} each: ${medians}`);
  expect(spreadOf(kinds), medians).toBeLessThanOrEqual(tolerance);
}

function spreadOf(kinds: readonly { readonly times: readonly number[] }[]): number {
  const medians = kinds.map(({ times }) => medianOf(times));
  return Math.max(...medians) / Math.min(...medians);
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
