/** What must be undone in the end, whatever happened: the last one first. */
export class Cleanups {
  private readonly steps: (() => Promise<unknown>)[] = [];
  private running: Promise<void> | undefined;

  get haveBegun(): boolean {
    return this.running !== undefined;
  }

  /** @throws if the cleanup has begun; the step runs in it nevertheless */
  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
    if (this.running !== undefined) throw new Error('everything is being ended');
  }

  /** Called again it waits for the same end. */
  run(): Promise<void> {
    this.running ??= this.undo();
    return this.running;
  }

  private async undo(): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      await step().catch((error: unknown) => console.error(`while cleaning up: ${String(error)}`));
    }
  }
}
