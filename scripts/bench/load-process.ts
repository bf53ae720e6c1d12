import autocannon, { type Client, type Request } from 'autocannon';

import type { Load, LoadResult } from './load.js';
import { percentile } from './report.js';

/** The load generator: receives one load after the other, and sends the result of each. */
process.on('message', (load: Load) => {
  const times: number[] = [];
  const statuses = new Set<number>();
  const requests = load.isVisit ? load.requests.map(withCookies) : [...load.requests];
  let turn = 0;
  const instance = autocannon(
    {
      url: load.url,
      connections: load.connections,
      duration: load.seconds,
      // It looks at the clock so often (in milliseconds), and would make every time a whole number of seconds.
      sampleInt: 100,
      ...(load.rate !== undefined && { overallRate: load.rate }),
      idReplacement: load.requests.some(({ path, body = '' }) => `${path}${body}`.includes('[<id>]')),
      requests,
      setupClient: (client: Client) => {
        // Connections begin at different requests, so that they do not all ask for the same thing at the same time.
        if (!load.isVisit) client.setRequests(rotated(requests, turn++ / load.connections));
      },
    },
    (error, result) => {
      if (error) throw error as Error;
      times.sort((a, b) => a - b);
      const answer: LoadResult = {
        rate: times.length / result.duration,
        requests: times.length,
        p50: percentile(times, 0.5),
        p95: percentile(times, 0.95),
        p99: percentile(times, 0.99),
        failures: result.errors + result.timeouts,
        statuses: [...statuses].sort(),
      };
      process.send?.(answer);
    },
  );
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    times.push(milliseconds);
    statuses.add(status);
  });
});
process.on('disconnect', () => process.exit(0));

function rotated<T>(items: readonly T[], share: number): T[] {
  const start = Math.floor(share * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** The context is one visitor's: it is another one when the requests begin anew. */
function withCookies(request: Load['requests'][number]): Request {
  return {
    ...request,
    setupRequest: (asked, context: { cookie?: string }) => ({
      ...asked,
      headers: { ...request.headers, ...(context.cookie !== undefined && { cookie: context.cookie }) },
    }),
    onResponse: (_status, _body, context: { cookie?: string }, headers) => {
      const set = Object.entries(headers ?? {}).flatMap(([name, value]) => (/^set-cookie$/i.test(name) ? value : []));
      if (set.length > 0) context.cookie = set.map((cookie) => cookie?.split(';', 1)[0]).join('; ');
    },
  };
}
