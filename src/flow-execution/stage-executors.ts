import { Injectable } from '@nestjs/common';

import type { StageExecutor } from './stage-executor.js';

/** What the kinds of stages do when they are reached. Each kind's module registers its own. */
@Injectable()
export class StageExecutors {
  private readonly executors = new Map<string, StageExecutor>();

  register(executor: StageExecutor<never>): void {
    this.executors.set(executor.kind, executor);
  }

  get(kind: string): StageExecutor {
    const known = this.executors.get(kind);
    if (known === undefined) throw new Error(`no module has registered what a stage of the kind ${kind} does`);
    return known;
  }

  /** Every executor, by kind. */
  all(): StageExecutor[] {
    return [...this.executors.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
  }
}
