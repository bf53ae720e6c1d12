import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, In, Not } from 'typeorm';

import { findBlueprint } from '../flows/transfer/blueprint.js';
import { BlueprintApplier } from './blueprint-applier.js';
import { type BlueprintFile, BlueprintFiles } from './blueprint-files.js';
import { BlueprintInstance } from './blueprint-instance.entity.js';

/** Key of the advisory lock that serializes starts; unique among the service's advisory locks. */
const startLock = 731_006;

/** Files with this label set to `false` are applied only by hand. */
const instantiateLabel = 'blueprints.goauthentik.io/instantiate';

/** Applies blueprint files when the service starts. */
@Injectable()
export class BlueprintStart {
  private readonly logger = new Logger('Blueprints');

  constructor(
    private readonly dataSource: DataSource,
    private readonly files: BlueprintFiles,
    private readonly applier: BlueprintApplier,
  ) {}

  /**
   * Applies new and changed files of the operator, and each shipped file once, so that later changes by administrators
   * are kept. Several processes may start at once. An invalid file does not stop the start.
   */
  async run(): Promise<void> {
    const files = await this.files.all().catch((error: unknown) => {
      this.logger.error(`cannot read the blueprint files: ${String(error)}`);
    });
    if (files === undefined) return;
    for (const file of files) await this.exclusively((manager) => this.applyIfDue(manager, file), file.path);
    await this.exclusively((manager) => markOrphans(manager, files), 'those without a file');
  }

  /** Runs `work` in a transaction that holds the advisory lock. Errors are logged and not thrown. */
  private async exclusively(work: (manager: EntityManager) => Promise<void>, what: string): Promise<void> {
    try {
      await this.dataSource.transaction(async (manager) => {
        await manager.query('set local statement_timeout = 0');
        await manager.query('select pg_advisory_xact_lock($1)', [startLock]);
        await work(manager);
      });
    } catch (error) {
      this.logger.error(`cannot update blueprints (${what}): ${String(error)}`);
    }
  }

  private async applyIfDue(manager: EntityManager, file: BlueprintFile): Promise<void> {
    const known = await manager.findOne(BlueprintInstance, {
      where: { path: file.path },
      order: { name: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    if (known !== null && !isDue(known, file)) return;
    const instance = known ?? (await this.register(manager, file));
    if (instance !== undefined) await this.applier.applyTo(manager, instance);
  }

  private async register(
    manager: EntityManager,
    { path, bytes }: BlueprintFile,
  ): Promise<BlueprintInstance | undefined> {
    // Errors in the file are reported when it is applied.
    const blueprint = findBlueprint(bytes);
    if (['false', false].includes(blueprint?.labels[instantiateLabel] as string)) return undefined;
    const pk = randomUUID();
    await manager.insert(BlueprintInstance, { pk, path, name: blueprint?.name ?? path });
    return manager.findOneByOrFail(BlueprintInstance, { pk });
  }
}

function isDue({ enabled, lastAppliedHash }: BlueprintInstance, { hash, isShipped }: BlueprintFile): boolean {
  return enabled && (isShipped ? lastAppliedHash === '' : lastAppliedHash !== hash);
}

/** Marks blueprints whose files no longer exist; the objects they wrote stay. */
async function markOrphans(manager: EntityManager, files: readonly BlueprintFile[]): Promise<void> {
  const paths = ['', ...files.map(({ path }) => path)];
  await manager.update(BlueprintInstance, { path: Not(In(paths)) }, { status: 'orphaned' });
}
