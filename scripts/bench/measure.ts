import { addressed, type Case } from './cases.js';
import { send } from './load.js';
import { databaseCpu, usageOf } from './processes.js';
import { median, type Row } from './report.js';
import type { Target } from './service.js';

/** How thoroughly it is measured. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
}

const connections = 10;

/**
 * Measures the targets in turn, several times (A B A B), after each has been warmed up. Of several rounds the middle one
 * counts.
 *
 * @param postmaster the main process of their database
 * @returns a row for each; the ratio of a row is how many times its rate the first one has
 */
export async function compare(
  { name, status, requests }: Pick<Case, 'name' | 'status' | 'requests'>,
  targets: readonly { target: Target; keys: readonly string[] }[],
  effort: Effort,
  postmaster: number,
): Promise<Row[]> {
  const once = async (index: number, seconds: number): Promise<Row> => {
    const { target, keys } = targets[index] as (typeof targets)[number];
    const [before, databaseBefore] = [await usage(target), await databaseCpu(postmaster)];
    const load = { url: target.url, requests: addressed(requests(keys), target), connections, seconds };
    const { rate, requests: count, p50, p95, p99 } = await send(load, status);
    const [after, databaseAfter] = [await usage(target), await databaseCpu(postmaster)];
    const cpu = perRequest(before?.cpu, after?.cpu, count);
    const database = target.pid === undefined ? undefined : perRequest(databaseBefore, databaseAfter, count);
    return { case: name, what: target.name, rate, p50, p95, p99, cpu, databaseCpu: database, rss: after?.rss };
  };
  for (const index of targets.keys()) await once(index, effort.warmUp);
  const rounds: Row[][] = targets.map(() => []);
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const index of targets.keys()) rounds[index]?.push(await once(index, effort.seconds));
  }
  const rows = rounds.map(middle);
  const [first] = rows;
  return rows.map((row, index) => (index === 0 ? row : { ...row, ratio: (first?.rate ?? 0) / (row.rate ?? 0) }));
}

/** @returns the row of the middle rate, with the middle of every other figure */
function middle(rows: readonly Row[]): Row {
  const figure = (key: Exclude<keyof Row, 'case' | 'what'>): number | undefined => {
    const values = rows.flatMap((row) => row[key] ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  const { case: name = '', what = '' } = rows[0] ?? {};
  const times = { p50: figure('p50'), p95: figure('p95'), p99: figure('p99') };
  const cost = { cpu: figure('cpu'), databaseCpu: figure('databaseCpu'), rss: figure('rss') };
  return { case: name, what, rate: figure('rate'), ...times, ...cost };
}

async function usage({ pid }: Target): ReturnType<typeof usageOf> {
  return pid === undefined ? undefined : usageOf(pid);
}

function perRequest(before: number | undefined, after: number | undefined, count: number): number | undefined {
  return before === undefined || after === undefined ? undefined : (after - before) / count;
}
