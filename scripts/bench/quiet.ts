import { cpus, type CpuInfo } from 'node:os';

/** Milliseconds that are looked at. */
const look = 200;

/** The share of the machine that others may use. */
const most = 0.15;

/**
 * Waits between measurements, while nothing of ours works, until other programs leave the machine alone, but not for
 * more than so many seconds in all.
 */
export class QuietMachine {
  private left: number;

  constructor(seconds: number) {
    this.left = seconds * 1000;
  }

  async wait(): Promise<void> {
    while (this.left > 0) {
      const before = cpus();
      await new Promise((resolve) => setTimeout(resolve, look));
      if (busyShare(before, cpus()) <= most) return;
      this.left -= look;
    }
  }
}

/** The share of the time between two looks at the processors in which they worked. */
export function busyShare(before: readonly CpuInfo[], after: readonly CpuInfo[]): number {
  const [first, last] = [sumOf(before), sumOf(after)];
  return (last.busy - first.busy) / (last.all - first.all);
}

function sumOf(processors: readonly CpuInfo[]): { busy: number; all: number } {
  let [busy, all] = [0, 0];
  for (const { times } of processors) {
    const total = Object.values(times).reduce((sum, time) => sum + time, 0);
    all += total;
    busy += total - times.idle;
  }
  return { busy, all };
}
