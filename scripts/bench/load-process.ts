import autocannon, { type Client, type Request } from 'autocannon';

import type { Load, LoadResult } from './load.js';
import { percentile } from './report.js';

/** The load generator: receives loads over IPC and replies with the result of each. */
process.on('message', (load: Load) => {
  const latencies: number[] = [];
  const statuses = new Set<number>();
  const requests = load.isVisit ? load.requests.map(withCookies) : [...load.requests];
  let clients = 0;
  const instance = autocannon(
    {
      url: load.url,
      connections: load.connections,
      duration: load.seconds,
      // Milliseconds between autocannon's samples; its default would round the duration to whole seconds.
      sampleInt: 100,
      ...(load.rate !== undefined && { overallRate: load.rate }),
      idReplacement: load.requests.some(({ path, body = '' }) => `${path}${body}`.includes('[<id>]')),
      requests,
      setupClient: (client: Client) => {
        // Each connection starts at another request, so that they do not all send the same one at the same time.
        if (!load.isVisit) client.setRequests(rotated(requests, clients++ / load.connections));
      },
    },
    (error, result) => {
      if (error) throw error as Error;
      latencies.sort((a, b) => a - b);
      const loadResult: LoadResult = {
        rate: latencies.length / result.duration,
        requests: latencies.length,
        p50: percentile(latencies, 0.5),
        p95: percentile(latencies, 0.95),
        p99: percentile(latencies, 0.99),
        failures: result.errors + result.timeouts,
        statuses: [...statuses].sort(),
      };
      process.send?.(loadResult);
    },
  );
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    latencies.push(milliseconds);
    statuses.add(status);
  });
});
process.on('disconnect', () => process.exit(0));

function rotated<T>(items: readonly T[], share: number): T[] {
  const start = Math.floor(share * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Keeps cookies within a visit; autocannon creates a new context when the list of requests starts over. */
function withCookies(request: Load['requests'][number]): Request {
  return {
    ...request,
    setupRequest: (prepared, context: { cookie?: string }) => ({
      ...prepared,
      headers: { ...request.headers, ...(context.cookie !== undefined && { cookie: context.cookie }) },
    }),
    onResponse: (_status, _body, context: { cookie?: string }, headers) => {
      const set = Object.entries(headers ?? {}).flatMap(([name, value]) => (/^set-cookie$/i.test(name) ? value : []));
      if (set.length > 0) context.cookie = set.map((cookie) => cookie?.split(';', 1)[0]).join('; ');
    },
  };
}
