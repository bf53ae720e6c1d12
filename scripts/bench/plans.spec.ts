import { describe, expect, it } from 'vitest';

import { slowestPlan } from './plans.js';

const log = `2026-01-01 00:00:00.000 UTC [7] LOG:  duration: 0.500 ms  plan:
\tQuery Text: select "a"
\t  from "token"
\tIndex Scan using uq_token on token  (cost=0.14..8.16 rows=1 width=8) (actual time=0.010..0.011 rows=1.00 loops=1)
2026-01-01 00:00:00.001 UTC [7] LOG:  duration: 12.250 ms  plan:
\tQuery Text: select count(*)
\t  from "stage" limit 1
\tAggregate  (cost=1.00..2.00 rows=1 width=4) (actual time=9.000..9.001 rows=1.00 loops=1)
\t  ->  Seq Scan on stage  (cost=0.00..1.00 rows=9 width=0) (actual time=0.001..8.000 rows=9.00 loops=1)
2026-01-01 00:00:00.002 UTC [7] LOG:  connection received
`;

describe('slowestPlan', () => {
  it('returns the plan of the slowest statement, without statement text and estimates', () => {
    expect(slowestPlan(log)).toEqual([
      'Aggregate (actual time=9.000..9.001 rows=1.00 loops=1)\n' +
        '  ->  Seq Scan on stage (actual time=0.001..8.000 rows=9.00 loops=1)',
    ]);
  });

  it('returns an empty array for a log without plans', () => {
    expect(slowestPlan('2026-01-01 00:00:00.002 UTC [7] LOG:  connection received\n')).toEqual([]);
  });
});
