import { readdir, readFile } from 'node:fs/promises';

/** CPU time of a process since its start in milliseconds, resident memory and its peak in megabytes. */
export interface Usage {
  readonly cpu: number;
  readonly rss: number;
  readonly peak: number;
}

const tickMs = 10;
const pageBytes = 4096;

/** Reads the usage of a process from `/proc`; undefined if there is no such process or no `/proc`. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  const stat = await statOf(pid);
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
  return stat && { cpu: stat.cpu, rss: (stat.pages * pageBytes) / 1e6, peak: peak / 1e6 };
}

/** Returns the CPU milliseconds of a PostgreSQL server: postmaster, running and finished backends. */
export async function databaseCpu(postmaster: number): Promise<number | undefined> {
  const all = await Promise.all((await processIds()).map(statOf));
  const ours = all.filter((stat) => stat?.pid === postmaster || stat?.parent === postmaster);
  return ours.length === 0 ? undefined : ours.reduce((sum, stat) => sum + (stat?.cpu ?? 0), 0);
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpu: number;
  readonly pages: number;
}

async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name in parentheses may contain any character; the fields after it are numbered from 3 (proc(5)).
  const fields = ['', '', '', ...text.slice(text.lastIndexOf(')') + 2).split(' ')];
  const field = (number: number): number => Number(fields[number]);
  const cpu = (field(14) + field(15) + field(16) + field(17)) * tickMs;
  return { pid, parent: field(4), cpu, pages: field(24) };
}

async function processIds(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
