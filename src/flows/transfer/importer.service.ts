import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Caller } from '../../core/access/caller.js';
import { Authority } from '../../core/authority/authority.service.js';
import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { BlueprintError, LimitError } from './blueprint-error.js';
import { type Blueprint, type BlueprintEntry, readBlueprint } from './blueprint.js';
import type { FlowImportResultDto, LogEventDto } from './dto/flow-import.dto.js';
import { entryLog, failureLog, isTimeout, leftOutLog, log, missingLog } from './import-logs.js';
import { ImportRun } from './import-run.js';
import { limits } from './limits.js';
import { merge } from './merge.js';
import { MissingKinds, onUnknown, readUnknownKindAction, type UnknownKindAction } from './missing-kinds.js';
import { TransferModels } from './transfer-models.js';
import type { TreeMap } from './tree.js';

export interface ImportOptions {
  /** The importing user; undefined for the operator of the service, who has all permissions. */
  readonly caller?: Caller;
  /** Overrides the context of the file. */
  readonly context?: TreeMap;
  /** What to do with kinds of objects that are not here; by default what the context says, or `refuse`. */
  readonly onUnknown?: string;
  /** An outer transaction; by default the import has its own. */
  readonly manager?: EntityManager;
  /** Rolls everything back, also after success. */
  readonly dryRun?: boolean;
}

// An entry with the key of an object of its own model updates that object, so this object has another model.
describeConstraint('pk_stage', 'pk', 'An object of another model has this key.');

/** Key of the advisory lock; unique among the locks of the service. */
const lock = 731_005;

/** Context that authentik's own files may read. */
const defaultContext = { 'goauthentik.io/enterprise/licensed': false };

/** Imports files (management API, section 5.5). */
@Injectable()
export class Importer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly models: TransferModels,
    private readonly moduleRef: ModuleRef,
    private readonly authority: Authority,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Writes all objects of a file or, after an error, none. Imports run one at a time. Kinds that are not here are refused,
   * all of them in one log entry, or left out and listed.
   *
   * @returns a log entry for each entry of the file; from the first invalid one on, only the errors of invalid ones
   */
  async import(bytes: Uint8Array, options: ImportOptions = {}): Promise<FlowImportResultDto> {
    let blueprint: Blueprint;
    try {
      blueprint = readBlueprint(bytes);
    } catch (error) {
      if (!(error instanceof BlueprintError)) throw error;
      return {
        logs: [log('error', error.message, error.line === undefined ? {} : { line: error.line })],
        success: false,
      };
    }
    return this.apply(blueprint, options);
  }

  /** As `import`, for a parsed file. */
  async apply(blueprint: Blueprint, options: ImportOptions = {}): Promise<FlowImportResultDto> {
    if (blueprint.version !== 1) return { logs: [log('warning', 'Invalid blueprint version', {})], success: false };
    const logs: LogEventDto[] = [];
    const { manager = this.dataSource.manager } = options;
    try {
      await manager.transaction(async (transaction) => {
        await this.applyAll(transaction, blueprint, options, logs);
        if (options.dryRun) throw new Rollback(true);
      });
      return { logs, success: true };
    } catch (error) {
      if (error instanceof Rollback) return { logs, success: error.success };
      throw error;
    }
  }

  /** @throws Rollback if an entry is invalid, or if the file needs what is not here and that is refused */
  private async applyAll(
    manager: EntityManager,
    { entries, context }: Blueprint,
    options: ImportOptions,
    logs: LogEventDto[],
  ): Promise<void> {
    const deadline = performance.now() + limits.seconds * 1000;
    const missing = new MissingKinds();
    let action: UnknownKindAction;
    try {
      action = readUnknownKindAction(options.onUnknown ?? options.context?.[onUnknown] ?? 'refuse');
      await manager.query(`set local statement_timeout = '${limits.seconds}s'`);
      await manager.query('select pg_advisory_xact_lock($1)', [lock]);
    } catch (error) {
      logs.push(logOf(undefined, error));
      throw new Rollback(false);
    }
    const run = this.runWith(manager, context, options);
    if (!(await this.applyEntries(run, manager, entries, { deadline, missing, logs }))) {
      if (action === 'refuse' && !missing.isEmpty) logs.push(this.missingLog(entries, missing));
      throw new Rollback(false);
    }
    if (missing.isEmpty) return;
    if (action === 'skip') {
      logs.push(leftOutLog(missing));
      return;
    }
    logs.splice(missing.first - 1, Infinity, this.missingLog(entries, missing));
    throw new Rollback(false);
  }

  /** Applies entries until all of their errors are found. @returns whether all of them are valid */
  private async applyEntries(
    run: ImportRun,
    manager: EntityManager,
    entries: readonly BlueprintEntry[],
    { deadline, missing, logs }: { deadline: number; missing: MissingKinds; logs: LogEventDto[] },
  ): Promise<boolean> {
    let areValid = true;
    for (const entry of entries) {
      try {
        if (performance.now() > deadline)
          throw new LimitError(`The import takes longer than ${limits.seconds} seconds.`);
        // In a savepoint, so that the transaction can be used after an error.
        const outcome = await manager.transaction(() => run.apply(entry));
        if (outcome.isWithout) missing.add(outcome.lacks ?? [], entry.position);
        if (areValid) logs.push(entryLog(entry, outcome));
      } catch (error) {
        logs.push(logOf(entry, error));
        areValid = false;
        if (error instanceof LimitError || isTimeout(error)) break;
        missing.add(await run.lacksOf(entry), entry.position);
        await run.reject(entry);
      }
    }
    return areValid;
  }

  private runWith(manager: EntityManager, context: TreeMap, options: ImportOptions): ImportRun {
    return new ImportRun({
      manager,
      models: this.models,
      authority: this.authority,
      caller: options.caller,
      listsChanges: options.dryRun === true,
      context: merge(merge(defaultContext, context), options.context ?? {}) as TreeMap,
      resolve: (token) => this.moduleRef.get<never>(token, { strict: false }),
      environment: (name, hasDefault) => this.environment(name, hasDefault),
    });
  }

  private missingLog(entries: readonly BlueprintEntry[], missing: MissingKinds): LogEventDto {
    return missingLog(entries[missing.first - 1], missing, (model) => this.models.isWithheld(model));
  }

  /** Reads only variables that the operator has listed: the environment contains the secrets of the service. */
  private environment(name: string, hasDefault: boolean): string | undefined {
    const readable = this.settings.blueprintEnv.split(',').map((each) => each.trim());
    if (readable.includes(name)) return process.env[name];
    if (hasDefault) return undefined;
    throw new BlueprintError(`!Env: ${name} is not listed in BLUEPRINT_ENV.`);
  }
}

/** @throws the error if the file is not its cause */
function logOf(entry: BlueprintEntry | undefined, error: unknown): LogEventDto {
  const failure = failureLog(entry, error);
  if (failure === undefined) throw error;
  return failure;
}

/** Rolls the transaction back. */
class Rollback extends Error {
  constructor(readonly success: boolean) {
    super('rolled back');
  }
}
