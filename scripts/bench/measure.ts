import { databaseCpu, usageOf } from './processes.js';
import { median, type Row } from './report.js';

/** Rounds of a measurement; durations in seconds. */
export interface Schedule {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  /** Waits until other programs leave the machine idle. */
  readonly waitForIdle: () => Promise<void>;
}

/** One side of a comparison: the service or a baseline. */
export interface Subject {
  readonly name: string;
  /** Its process; undefined if the benchmark did not start it. */
  readonly pid?: number | undefined;
  /** Runs the case for about `seconds`. */
  readonly run: (seconds: number) => Promise<Sample>;
}

/** Result of one run: number of requests, requests per second, latencies in milliseconds. */
export interface Sample {
  readonly requests: number;
  readonly rate: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
}

/**
 * Measures the subjects alternately (A B A B) after a warm-up of each.
 *
 * @param postmaster process id of the database server
 * @returns a row per subject with the median of each figure; `ratio` is the first subject's rate divided by the row's
 */
export async function compare(
  name: string,
  subjects: readonly Subject[],
  schedule: Schedule,
  postmaster: number,
): Promise<Row[]> {
  for (const subject of subjects) await subject.run(schedule.warmUp);
  const rounds: Row[][] = [];
  for (let round = 0; round < schedule.rounds; round += 1) {
    const rows: Row[] = [];
    for (const subject of subjects) {
      await schedule.waitForIdle();
      rows.push(await measure(name, subject, schedule.seconds, postmaster));
    }
    rounds.push(withRatios(rows));
  }
  return subjects.map((_, index) => medians(rounds.flatMap((rows) => rows[index] ?? [])));
}

async function measure(name: string, subject: Subject, seconds: number, postmaster: number): Promise<Row> {
  const { pid, run } = subject;
  const usage = async (): ReturnType<typeof usageOf> => (pid === undefined ? undefined : usageOf(pid));
  const [before, databaseBefore] = [await usage(), await databaseCpu(postmaster)];
  const { requests, ...figures } = await run(seconds);
  const [after, databaseAfter] = [await usage(), await databaseCpu(postmaster)];
  const cpu = perRequest(before?.cpu, after?.cpu, requests);
  // An external target has its own database, which is not measured.
  const database = after === undefined ? undefined : perRequest(databaseBefore, databaseAfter, requests);
  return { case: name, target: subject.name, ...figures, cpu, databaseCpu: database, rss: after?.rss };
}

function perRequest(before: number | undefined, after: number | undefined, count: number): number | undefined {
  return before === undefined || after === undefined ? undefined : (after - before) / count;
}

/** Returns the rows of one round with their ratios to the first row. */
export function withRatios(rows: readonly Row[]): Row[] {
  const first = rows[0]?.rate ?? Number.NaN;
  return rows.map((row, index) => (index === 0 ? row : { ...row, ratio: first / (row.rate ?? Number.NaN) }));
}

/** Returns a row with the median of each figure. */
export function medians(rows: readonly Row[]): Row {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const figures = [...names].flatMap((name) => {
    const values = rows.flatMap((row) => row[name as keyof Row] ?? []).filter((value) => typeof value === 'number');
    return values.length === 0 ? [] : [[name, median(values)] as const];
  });
  const { case: name = '', target = '' } = rows[0] ?? {};
  return { case: name, target, ...Object.fromEntries(figures) };
}
