import autocannon from 'autocannon';

import type { Load, LoadResult } from './load.js';

/**
 * The load generator, in a process of its own so that it takes nothing from the event loop of what is measured. It is
 * given one load, tells its result and ends.
 */
process.once('message', (load: Load) => {
  const times: number[] = [];
  const statuses = new Set<number>();
  const instance = autocannon(
    {
      url: load.url,
      connections: load.connections,
      duration: load.seconds,
      idReplacement: load.requests.some(({ body }) => body?.includes('[<id>]')),
      requests: [...load.requests],
      // Connections begin at different requests, so that they do not all ask for the same thing at the same time.
      setupClient: (
        (turn) => (client) =>
          client.setRequests(rotated(load.requests, turn++))
      )(0),
    },
    (error, result) => {
      if (error) throw error as Error;
      times.sort((a, b) => a - b);
      const percentile = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
      const answer: LoadResult = {
        rate: times.length / result.duration,
        requests: times.length,
        p50: percentile(0.5),
        p95: percentile(0.95),
        p99: percentile(0.99),
        failures: result.errors + result.timeouts,
        statuses: [...statuses],
      };
      process.send?.(answer, () => process.exit(0));
    },
  );
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    times.push(milliseconds);
    statuses.add(status);
  });
});

function rotated<T>(items: readonly T[], turn: number): T[] {
  const start = Math.floor((turn * items.length) / 10) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
