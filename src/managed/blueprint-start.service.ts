import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, In, Not } from 'typeorm';

import { findBlueprint } from '../flows/transfer/blueprint.js';
import { BlueprintApplier } from './blueprint-applier.js';
import { type BlueprintFile, BlueprintFiles } from './blueprint-files.js';
import { BlueprintInstance } from './blueprint-instance.entity.js';

/** Any number that no other lock has; the same in every process. */
const lock = 731_006;

/** A file with this label is there to be applied by hand. */
const instantiate = 'blueprints.goauthentik.io/instantiate';

/** Applies the files of blueprints when the service starts. */
@Injectable()
export class BlueprintStart {
  private readonly logger = new Logger('Blueprints');

  constructor(
    private readonly dataSource: DataSource,
    private readonly files: BlueprintFiles,
    private readonly applier: BlueprintApplier,
  ) {}

  /**
   * Applies the operator's files that have changed since they were applied, and those that came with the service once:
   * what an administrator has made of them since is not undone. Several processes may start at once. Nothing that is
   * wrong with a file keeps the service from starting.
   */
  async run(): Promise<void> {
    const files = await this.files.all().catch((error: unknown) => {
      this.logger.error(`cannot read the files of blueprints: ${String(error)}`);
    });
    if (files === undefined) return;
    for (const file of files) await this.alone((manager) => this.applyIfDue(manager, file), file.path);
    await this.alone((manager) => tellOrphans(manager, files), 'those whose files are gone');
  }

  /** Work that no other process does at the same time, in a transaction. If it fails, the rest goes on. */
  private async alone(work: (manager: EntityManager) => Promise<void>, what: string): Promise<void> {
    try {
      await this.dataSource.transaction(async (manager) => {
        await manager.query('set local statement_timeout = 0');
        await manager.query('select pg_advisory_xact_lock($1)', [lock]);
        await work(manager);
      });
    } catch (error) {
      this.logger.error(`cannot look after blueprints, ${what}: ${String(error)}`);
    }
  }

  private async applyIfDue(manager: EntityManager, file: BlueprintFile): Promise<void> {
    const known = await manager.findOne(BlueprintInstance, {
      where: { path: file.path },
      order: { name: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    if (known !== null && !isDue(known, file)) return;
    const instance = known ?? (await this.makeKnown(manager, file));
    if (instance !== undefined) await this.applier.applyTo(manager, instance);
  }

  private async makeKnown(
    manager: EntityManager,
    { path, bytes }: BlueprintFile,
  ): Promise<BlueprintInstance | undefined> {
    // What is wrong with a file is told when it is applied.
    const blueprint = findBlueprint(bytes);
    if (['false', false].includes(blueprint?.labels[instantiate] as string)) return undefined;
    const pk = randomUUID();
    await manager.insert(BlueprintInstance, { pk, path, name: blueprint?.name ?? path });
    return manager.findOneByOrFail(BlueprintInstance, { pk });
  }
}

function isDue({ enabled, lastAppliedHash }: BlueprintInstance, { hash, isShipped }: BlueprintFile): boolean {
  return enabled && (isShipped ? lastAppliedHash === '' : lastAppliedHash !== hash);
}

/** Blueprints whose files are gone say so; what they have written stays. */
async function tellOrphans(manager: EntityManager, files: readonly BlueprintFile[]): Promise<void> {
  const paths = ['', ...files.map(({ path }) => path)];
  await manager.update(BlueprintInstance, { path: Not(In(paths)) }, { status: 'orphaned' });
}
