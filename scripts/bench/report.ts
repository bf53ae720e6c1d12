/** Figures of a target in a case: times in milliseconds, memory in megabytes, `rate` per second. */
export interface Row {
  readonly case: string;
  readonly target: string;
  readonly rate?: number | undefined;
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
  readonly cpu?: number | undefined;
  readonly databaseCpu?: number | undefined;
  readonly rss?: number | undefined;
  /** Rate of the service in this case, divided by the rate of this row. */
  readonly ratio?: number | undefined;
}

/** Memory of the service at a named moment in megabytes, and the duration of a start in milliseconds. */
export interface Moment {
  readonly moment: string;
  readonly ready?: number | undefined;
  readonly rss?: number | undefined;
  /** Peak memory so far. */
  readonly peak?: number | undefined;
}

/** A table column. Numbers are aligned right, text left. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  readonly isNumber?: boolean;
}

function figure<T>(title: string, value: (row: T) => number | undefined, digits: number, unit = ''): Column<T> {
  const cell = (row: T): string => {
    const number = value(row);
    return number === undefined ? '' : `${number.toFixed(digits)}${unit}`;
  };
  return { title, cell, isNumber: true };
}

export const caseColumns: readonly Column<Row>[] = [
  { title: 'case', cell: (row) => row.case },
  { title: 'target', cell: (row) => row.target },
  figure('requests/s', (row) => row.rate, 0),
  figure('p50 ms', (row) => row.p50, 1),
  figure('p95 ms', (row) => row.p95, 1),
  figure('p99 ms', (row) => row.p99, 1),
  figure('CPU ms', (row) => row.cpu, 2),
  figure('database CPU ms', (row) => row.databaseCpu, 2),
  figure('RSS MB', (row) => row.rss, 0),
  figure('ratio', (row) => row.ratio, 2, ' ×'),
];

export const momentColumns: readonly Column<Moment>[] = [
  { title: 'moment', cell: ({ moment }) => moment },
  figure('ready after s', ({ ready }) => ready && ready / 1000, 2),
  figure('RSS MB', ({ rss }) => rss, 0),
  figure('peak RSS MB', ({ peak }) => peak, 0),
];

/** Renders the rows as a Markdown table with aligned columns, readable in a terminal too. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((line) => line[index]?.length ?? 0)));
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  const [titles, ...lines] = cells.map((texts) =>
    line(
      texts.map((text, index) =>
        columns[index]?.isNumber ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0),
      ),
    ),
  );
  const rule = line(
    widths.map((width, index) => (columns[index]?.isNumber ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))),
  );
  return [titles, rule, ...lines].join('\n');
}

/** Returns the median; the lower middle value of an even number of values. */
export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Returns the value at a share of the sorted list. @param sorted in ascending order */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
