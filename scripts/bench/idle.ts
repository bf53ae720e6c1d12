import { cpus, type CpuInfo } from 'node:os';

/** Milliseconds per utilization sample. */
const sampleMs = 200;

/** CPU utilization below which the machine counts as idle. */
const idleThreshold = 0.15;

/**
 * Waits between measurements until the machine is idle. The argument limits the total waiting time, in seconds.
 */
export class IdleWaiter {
  private remainingMs: number;

  constructor(seconds: number) {
    this.remainingMs = seconds * 1000;
  }

  async wait(): Promise<void> {
    while (this.remainingMs > 0) {
      const before = cpus();
      await new Promise((resolve) => setTimeout(resolve, sampleMs));
      if (cpuUtilization(before, cpus()) <= idleThreshold) return;
      this.remainingMs -= sampleMs;
    }
  }
}

/** Returns the CPU utilization between two snapshots of `os.cpus()`, from 0 to 1. */
export function cpuUtilization(before: readonly CpuInfo[], after: readonly CpuInfo[]): number {
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
