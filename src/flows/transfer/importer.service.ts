import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Caller } from '../../core/access/caller.js';
import { Authority } from '../../core/authority/authority.service.js';
import { AppError } from '../../rest/errors/app-error.js';
import { asDatabaseConflict, describeConstraint } from '../../rest/errors/database-conflict.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { englishErrors } from '../../rest/messages/english.js';
import { BlueprintError, UnknownModelError } from './blueprint-error.js';
import { type Blueprint, type BlueprintEntry, readBlueprint } from './blueprint.js';
import type { FlowImportResultDto, LogEventDto } from './dto/flow-import.dto.js';
import { type EntryOutcome, ImportRun } from './import-run.js';
import { limits } from './limits.js';
import { merge } from './merge.js';
import { TransferModels } from './transfer-models.js';
import type { TreeMap } from './tree.js';

export interface ImportOptions {
  /** The importing user; undefined for the operator of the service, who has all permissions. */
  readonly caller?: Caller;
  /** Overrides the context of the file. */
  readonly context?: TreeMap;
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
   * Writes all objects of a file or, after an error, none. Imports run one at a time.
   *
   * @returns a log entry for each entry of the file up to the first invalid one, with its error
   */
  async import(bytes: Uint8Array, options: ImportOptions = {}): Promise<FlowImportResultDto> {
    let blueprint: Blueprint;
    try {
      blueprint = readBlueprint(bytes);
    } catch (error) {
      if (!(error instanceof BlueprintError)) throw error;
      return { logs: [event('error', error.message, lineOf(error.line))], success: false };
    }
    return this.apply(blueprint, options);
  }

  /** As `import`, for a parsed file. */
  async apply(blueprint: Blueprint, options: ImportOptions = {}): Promise<FlowImportResultDto> {
    if (blueprint.version !== 1) return { logs: [event('warning', 'Invalid blueprint version', {})], success: false };
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

  /** @throws Rollback after the first invalid entry */
  private async applyAll(
    manager: EntityManager,
    { entries, context }: Blueprint,
    options: ImportOptions,
    logs: LogEventDto[],
  ): Promise<void> {
    const deadline = Date.now() + limits.seconds * 1000;
    const run = new ImportRun({
      manager,
      models: this.models,
      authority: this.authority,
      caller: options.caller,
      context: merge(merge(defaultContext, context), options.context ?? {}) as TreeMap,
      resolve: (token) => this.moduleRef.get<never>(token, { strict: false }),
      environment: (name) => this.environment(name),
    });
    let entry: BlueprintEntry | undefined;
    try {
      await manager.query(`set local statement_timeout = '${limits.seconds}s'`);
      await manager.query('select pg_advisory_xact_lock($1)', [lock]);
      for (entry of entries) {
        if (Date.now() > deadline) throw new BlueprintError(`The import takes longer than ${limits.seconds} seconds.`);
        logs.push(logEntry(entry, await run.apply(entry)));
      }
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      logs.push(event('warning', failure.event, { ...placeOf(entry), ...failure.attributes }));
      throw new Rollback(false);
    }
  }

  /** Reads only variables that the operator has listed: the environment contains the secrets of the service. */
  private environment(name: string): string | undefined {
    const readable = this.settings.blueprintEnv.split(',').map((each) => each.trim());
    if (!readable.includes(name)) throw new BlueprintError(`!Env: ${name} is not listed in BLUEPRINT_ENV.`);
    return process.env[name];
  }
}

/** Rolls the transaction back. */
class Rollback extends Error {
  constructor(readonly success: boolean) {
    super('rolled back');
  }
}

function event(log_level: LogEventDto['log_level'], text: string, attributes: Record<string, unknown>): LogEventDto {
  return { timestamp: new Date(), log_level, logger: 'authentik.blueprints.v1.importer', event: text, attributes };
}

/** Returns the log entry for an entry of the file, without its values, which may be secret. */
function logEntry(entry: BlueprintEntry, { done, withoutEffect = [], ...outcome }: EntryOutcome): LogEventDto {
  const attributes = { ...placeOf(entry), ...outcome };
  if (withoutEffect.length === 0) return event('info', done, attributes);
  return event('warning', `${done}; some attributes have no effect`, { ...attributes, attributes: withoutEffect });
}

function placeOf(entry: BlueprintEntry | undefined): Record<string, unknown> {
  if (entry === undefined) return {};
  const { position, id, model, line } = entry;
  return {
    entry: position,
    ...(id !== undefined && { id }),
    ...(typeof model === 'string' && { model }),
    ...lineOf(line),
  };
}

function lineOf(line: number | undefined): Record<string, unknown> {
  return line === undefined ? {} : { line };
}

/** Returns the log entry for an error in the file; undefined for other errors. */
function failureOf(error: unknown): { event: string; attributes: Record<string, unknown> } | undefined {
  const known = asDatabaseConflict(error) ?? error;
  if (known instanceof UnknownModelError) {
    const [app, model] = known.model.split('.', 2);
    return { event: known.message, attributes: { app, model } };
  }
  if (known instanceof ValidationError) {
    return { event: `entry invalid: Serializer errors ${JSON.stringify(englishErrors(known.errors))}`, attributes: {} };
  }
  if (known instanceof BlueprintError || known instanceof AppError) {
    const line = known instanceof BlueprintError ? lineOf(known.line) : {};
    return { event: `entry invalid: ${known.message}`, attributes: line };
  }
  if (isTimeout(known)) {
    return { event: `entry invalid: The import takes longer than ${limits.seconds} seconds.`, attributes: {} };
  }
  return undefined;
}

/** Whether the error is a statement timeout. */
function isTimeout(error: unknown): boolean {
  return error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '57014';
}
