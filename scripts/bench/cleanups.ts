/** Cleanup steps that run at exit in reverse order, also after an error. */
export class Cleanups {
  private readonly steps: (() => Promise<unknown>)[] = [];
  private running: Promise<void> | undefined;

  get hasStarted(): boolean {
    return this.running !== undefined;
  }

  /** Adds a step. @throws if the cleanup has started; the step still runs as part of it */
  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
    if (this.running !== undefined) throw new Error('shutting down');
  }

  /** Runs all steps once; further calls return the same promise. */
  run(): Promise<void> {
    this.running ??= this.runSteps();
    return this.running;
  }

  private async runSteps(): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      await step().catch((error: unknown) => console.error(`cleanup failed: ${String(error)}`));
    }
  }
}
