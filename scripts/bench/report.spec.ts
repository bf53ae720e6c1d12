import { describe, expect, it } from 'vitest';

import { caseColumns, percentile, table } from './report.js';

describe('The table', () => {
  it('is one of Markdown, with nothing where nothing is known', () => {
    const rows = [
      { case: 'list', what: 'email-stage', rate: 1234.5, p50: 1.25, rss: 99.6 },
      { case: 'list', what: 'peer', ratio: 2.345 },
    ];
    const columns = caseColumns.filter(({ title }) => ['case', 'what', 'requests/s', 'email-stage is'].includes(title));
    expect(table(columns, rows)).toBe(`| case | what        | requests/s | email-stage is |
| ---- | ----------- | ---------: | -------------: |
| list | email-stage |       1235 |                |
| list | peer        |            |         2.35 × |`);
  });
});

describe('A percentile', () => {
  it('is one of the values', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.95, 0.99].map((share) => percentile(values, share))).toEqual([50, 95, 99]);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});
