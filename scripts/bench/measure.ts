import { databaseCpu, usageOf } from './processes.js';
import { median, type Row } from './report.js';

/** How thoroughly it is measured. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  /** Waits until nothing disturbs. */
  readonly quiet: () => Promise<void>;
}

/** One side of a comparison. */
export interface Contender {
  readonly name: string;
  /** Its process, if it is one of ours. */
  readonly pid?: number | undefined;
  /** Works for about so many seconds. */
  readonly work: (seconds: number) => Promise<Work>;
}

/** What was done: how much, and how much a second; times in milliseconds. */
export interface Work {
  readonly requests: number;
  readonly rate: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
}

/**
 * Measures the contenders in turn, several times (A B A B), after each has been warmed up. Of several rounds the middle
 * one counts.
 *
 * @param postmaster the main process of their database
 * @returns a row for each; the ratio of a row is how many times its rate the first one had in the same round
 */
export async function compare(
  name: string,
  contenders: readonly Contender[],
  effort: Effort,
  postmaster: number,
): Promise<Row[]> {
  for (const contender of contenders) await contender.work(effort.warmUp);
  const rounds: Row[][] = [];
  for (let round = 0; round < effort.rounds; round += 1) {
    const rows: Row[] = [];
    for (const contender of contenders) {
      await effort.quiet();
      rows.push(await measure(name, contender, effort.seconds, postmaster));
    }
    rounds.push(withRatios(rows));
  }
  return contenders.map((_, index) => middle(rounds.flatMap((rows) => rows[index] ?? [])));
}

async function measure(name: string, contender: Contender, seconds: number, postmaster: number): Promise<Row> {
  const { pid, work } = contender;
  const usage = async (): ReturnType<typeof usageOf> => (pid === undefined ? undefined : usageOf(pid));
  const [before, databaseBefore] = [await usage(), await databaseCpu(postmaster)];
  const { requests, ...figures } = await work(seconds);
  const [after, databaseAfter] = [await usage(), await databaseCpu(postmaster)];
  const cpu = perRequest(before?.cpu, after?.cpu, requests);
  // Who is no process of ours has a database of its own.
  const database = after === undefined ? undefined : perRequest(databaseBefore, databaseAfter, requests);
  return { case: name, what: contender.name, ...figures, cpu, databaseCpu: database, rss: after?.rss };
}

function perRequest(before: number | undefined, after: number | undefined, count: number): number | undefined {
  return before === undefined || after === undefined ? undefined : (after - before) / count;
}

/** The rows of one round, each with how many times its rate the first one has. */
export function withRatios(rows: readonly Row[]): Row[] {
  const first = rows[0]?.rate ?? Number.NaN;
  return rows.map((row, index) => (index === 0 ? row : { ...row, ratio: first / (row.rate ?? Number.NaN) }));
}

/** @returns a row with the middle of every figure */
export function middle(rows: readonly Row[]): Row {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const figures = [...names].flatMap((name) => {
    const values = rows.flatMap((row) => row[name as keyof Row] ?? []).filter((value) => typeof value === 'number');
    return values.length === 0 ? [] : [[name, median(values)] as const];
  });
  const { case: name = '', what = '' } = rows[0] ?? {};
  return { case: name, what, ...Object.fromEntries(figures) };
}
