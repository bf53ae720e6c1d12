import { createHash } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Caller } from '../core/access/caller.js';
import { DatabaseClock } from '../database/database-clock.js';
import { EventLog } from '../events/event-log.js';
import { BlueprintError } from '../flows/transfer/blueprint-error.js';
import { type Blueprint, readBlueprint } from '../flows/transfer/blueprint.js';
import type { LogEventDto } from '../flows/transfer/dto/flow-import.dto.js';
import { Importer } from '../flows/transfer/importer.service.js';
import type { TreeMap } from '../flows/transfer/tree.js';
import { BlueprintFiles } from './blueprint-files.js';
import { BlueprintInstance } from './blueprint-instance.entity.js';

/** Applies blueprints and records the result. */
@Injectable()
export class BlueprintApplier {
  private readonly logger = new Logger('Blueprints');

  constructor(
    private readonly dataSource: DataSource,
    private readonly files: BlueprintFiles,
    private readonly importer: Importer,
    private readonly events: EventLog,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Applies one enabled blueprint, all or nothing. An error in the blueprint becomes its status, an event and a log line;
   * it is not thrown.
   *
   * @param caller whose permissions apply; undefined: the operator, who may write everything
   */
  apply({ pk }: Pick<BlueprintInstance, 'pk'>, caller?: Caller): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      const instance = await manager.findOne(BlueprintInstance, { where: { pk }, lock: { mode: 'pessimistic_write' } });
      if (instance?.enabled === true) await this.applyTo(manager, instance, caller);
    });
  }

  /** Like `apply`, in the caller's transaction, for an instance whose row is locked. */
  async applyTo(manager: EntityManager, instance: BlueprintInstance, caller?: Caller): Promise<void> {
    try {
      const bytes = await this.read(instance);
      const blueprint = readBlueprint(bytes);
      const logs = await this.write(manager, blueprint, instance, caller);
      await manager.update(BlueprintInstance, { pk: instance.pk }, {
        status: 'successful',
        lastApplied: this.clock.date(),
        lastAppliedHash: createHash('sha512').update(bytes).digest('hex'),
        managedModels: modelsIn(logs),
        metadata: metadataOf(blueprint),
      } as object);
      const leftOut = logs.find(({ attributes }) => attributes['entry'] === undefined);
      if (leftOut === undefined) this.logger.log(`applied ${describe(instance)}`);
      else await this.warn(manager, `Blueprint ${describe(instance)} was ${leftOut.event}`);
    } catch (error) {
      if (!(error instanceof BlueprintError)) throw error;
      await this.fail(manager, instance, error);
    }
  }

  private async read({ path, content }: BlueprintInstance): Promise<Buffer> {
    if (path === '') return Buffer.from(content);
    const file = await this.files.find(path);
    if (file === undefined) throw new BlueprintError('The file no longer exists.');
    return file.bytes;
  }

  /** @returns the log of the import */
  private async write(
    manager: EntityManager,
    blueprint: Blueprint,
    { context }: BlueprintInstance,
    caller: Caller | undefined,
  ): Promise<LogEventDto[]> {
    const options = { manager, context: context as TreeMap, ...(caller && { caller }) };
    const { success, logs } = await this.importer.apply(blueprint, options);
    const last = logs.at(-1);
    if (success) return logs;
    const { entry, line } = { entry: undefined, line: undefined, ...last?.attributes };
    throw new BlueprintError(`entry ${String(entry)}: ${last?.event ?? ''}`, line);
  }

  private async fail(manager: EntityManager, instance: BlueprintInstance, error: BlueprintError): Promise<void> {
    const message = error.line === undefined ? error.message : `${error.message} (line ${error.line})`;
    await manager.update(BlueprintInstance, { pk: instance.pk }, { status: 'error' });
    await this.warn(manager, `Blueprint ${describe(instance)} could not be applied: ${message}`);
  }

  private async warn(manager: EntityManager, message: string): Promise<void> {
    await this.events.write(manager, {
      action: 'configuration_error',
      app: 'authentik.blueprints',
      context: { message },
    });
    this.logger.warn(message);
  }
}

/** Returns the models of the objects of an import, sorted. */
function modelsIn(logs: readonly LogEventDto[]): string[] {
  const present = logs.filter(({ attributes, event }) => attributes['model'] !== undefined && event !== 'left out');
  return [...new Set(present.map(({ attributes }) => String(attributes['model'])))].sort();
}

/** Returns the blueprint's own metadata; empty if it has none. */
function metadataOf({ name, labels }: Blueprint): Record<string, unknown> {
  return name === undefined ? {} : { name, labels };
}

function describe({ name, path }: BlueprintInstance): string {
  return path === '' ? name : path;
}
