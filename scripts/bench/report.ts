/** One line of the table. Times in milliseconds, memory in megabytes, `rate` a second; what is not known is missing. */
export interface Row {
  readonly case: string;
  readonly what: string;
  readonly rate?: number | undefined;
  readonly p50?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
  readonly cpu?: number | undefined;
  readonly databaseCpu?: number | undefined;
  readonly rss?: number | undefined;
  /** How many times the rate of the line that the service's first line of the case is compared with. */
  readonly ratio?: number | undefined;
}

const columns: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ['case', (row) => row.case],
  ['what', (row) => row.what],
  ['requests/s', (row) => number(row.rate, 0)],
  ['p50 ms', (row) => number(row.p50, 1)],
  ['p95 ms', (row) => number(row.p95, 1)],
  ['p99 ms', (row) => number(row.p99, 1)],
  ['CPU ms', (row) => number(row.cpu, 2)],
  ['database CPU ms', (row) => number(row.databaseCpu, 2)],
  ['RSS MB', (row) => number(row.rss, 0)],
  ['email-stage is', (row) => (row.ratio === undefined ? '' : `${number(row.ratio, 2)} ×`)],
];

/** The rows as a Markdown table, aligned so that it reads well on a terminal too. */
export function table(rows: readonly Row[]): string {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const lines = cells.map((line) => `| ${line.map((cell, index) => pad(cell, index, widths)).join(' | ')} |`);
  const rule = `| ${widths.map((width, index) => (index < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function pad(cell: string, index: number, widths: readonly number[]): string {
  return index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0);
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? '' : value.toFixed(digits);
}

/** The middle one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
