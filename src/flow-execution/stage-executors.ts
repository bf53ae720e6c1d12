import { Injectable } from '@nestjs/common';

import type { InMemoryStageExecutor, StageExecutor } from './stage-executor.js';

/** What the kinds of stages do when they are reached. Each kind's module registers its own. */
@Injectable()
export class StageExecutors {
  private readonly executors = new Map<string, StageExecutor>();
  private readonly inMemory = new Map<string, InMemoryStageExecutor>();

  register(executor: StageExecutor<never>): void {
    this.executors.set(executor.kind, executor);
  }

  /** Makes a stage known that stands in no database. */
  registerInMemory(executor: InMemoryStageExecutor): void {
    this.inMemory.set(executor.name, executor);
  }

  get(kind: string): StageExecutor {
    const known = this.executors.get(kind);
    if (known === undefined) throw new Error(`no module has registered what a stage of the kind ${kind} does`);
    return known;
  }

  /** Undefined if there is none of this name. */
  findInMemory(name: string): InMemoryStageExecutor | undefined {
    return this.inMemory.get(name);
  }

  /** What every stage shows and takes, in a steady order. */
  all(): readonly Pick<StageExecutor, 'challenge' | 'response'>[] {
    const byName = <T>([a]: [string, T], [b]: [string, T]): number => (a < b ? -1 : 1);
    const kinds = [...this.executors].sort(byName).map(([, executor]) => executor);
    return [...kinds, ...[...this.inMemory].sort(byName).map(([, executor]) => executor)];
  }
}
