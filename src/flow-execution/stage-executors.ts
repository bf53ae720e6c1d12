import { Injectable } from '@nestjs/common';

import type { InMemoryStageExecutor, StageExecutor } from './stage-executor.js';

/** The executors of all kinds of stages. Each kind's module registers its own. */
@Injectable()
export class StageExecutors {
  private readonly executors = new Map<string, StageExecutor>();
  private readonly inMemory = new Map<string, InMemoryStageExecutor>();

  register(executor: StageExecutor<never>): void {
    this.executors.set(executor.kind, executor);
  }

  /** Registers the executor of a stage that is not in the database. */
  registerInMemory(executor: InMemoryStageExecutor): void {
    this.inMemory.set(executor.name, executor);
  }

  get(kind: string): StageExecutor {
    const known = this.executors.get(kind);
    if (known === undefined) throw new Error(`no module has registered an executor for the stage kind ${kind}`);
    return known;
  }

  /** Returns the executor with this name; undefined if there is none. */
  findInMemory(name: string): InMemoryStageExecutor | undefined {
    return this.inMemory.get(name);
  }

  /** Returns the challenge and response classes of all stages, in a stable order. */
  all(): readonly Pick<StageExecutor, 'challenge' | 'response'>[] {
    const byName = <T>([a]: [string, T], [b]: [string, T]): number => (a < b ? -1 : 1);
    const kinds = [...this.executors].sort(byName).map(([, executor]) => executor);
    return [...kinds, ...[...this.inMemory].sort(byName).map(([, executor]) => executor)];
  }
}
