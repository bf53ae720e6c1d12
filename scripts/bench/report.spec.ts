import { describe, expect, it } from 'vitest';

import { caseColumns, percentile, table } from './report.js';

describe('table', () => {
  it('renders Markdown with empty cells for unknown figures', () => {
    const rows = [
      { case: 'list', target: 'email-stage', rate: 1234.5, p50: 1.25, rss: 99.6 },
      { case: 'list', target: 'peer', ratio: 2.345 },
    ];
    const columns = caseColumns.filter(({ title }) => ['case', 'target', 'requests/s', 'ratio'].includes(title));
    expect(table(columns, rows)).toBe(`| case | target      | requests/s |  ratio |
| ---- | ----------- | ---------: | -----: |
| list | email-stage |       1235 |        |
| list | peer        |            | 2.35 × |`);
  });
});

describe('percentile', () => {
  it('returns one of the values', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.95, 0.99].map((share) => percentile(values, share))).toEqual([50, 95, 99]);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});
