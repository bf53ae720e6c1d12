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
  /** Who imports. Without one it is the operator of the service, who may do everything. */
  readonly caller?: Caller;
  /** Put over the context of the file. */
  readonly context?: TreeMap;
  /** The transaction that the import is a part of; one of its own if not given. */
  readonly manager?: EntityManager;
  /** Nothing is kept, whatever comes of it. */
  readonly dryRun?: boolean;
}

// An entry with the key of an object of its own model changes it, so this one is of another.
describeConstraint('pk_stage', 'pk', 'An object of another model has this key.');

/** Any number that no other lock has; the same in every process. */
const lock = 731_005;

/** What files of authentik ask for at the most. */
const defaultContext = { 'goauthentik.io/enterprise/licensed': false };

/** Writes what files hold into the database (management API, section 5.5). */
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
   * Writes every object of a file or, if one of them cannot be written, none. Imports come one after the other.
   *
   * @returns what became of each entry up to the first one that could not be written, and why that is
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

  /** As `import`, of a file that has been read. */
  async apply(blueprint: Blueprint, options: ImportOptions = {}): Promise<FlowImportResultDto> {
    if (blueprint.version !== 1) return { logs: [event('warning', 'Invalid blueprint version', {})], success: false };
    const logs: LogEventDto[] = [];
    const { manager = this.dataSource.manager } = options;
    try {
      await manager.transaction(async (transaction) => {
        await this.applyAll(transaction, blueprint, options, logs);
        if (options.dryRun) throw new NotKept(true);
      });
      return { logs, success: true };
    } catch (error) {
      if (error instanceof NotKept) return { logs, success: error.success };
      throw error;
    }
  }

  /** @throws NotKept after the first entry that cannot be written */
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
        logs.push(told(entry, await run.apply(entry)));
      }
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      logs.push(event('warning', failure.event, { ...placeOf(entry), ...failure.attributes }));
      throw new NotKept(false);
    }
  }

  /** A file reads no more of the environment than the operator has named: it holds the service's own secrets. */
  private environment(name: string): string | undefined {
    const readable = this.settings.blueprintEnv.split(',').map((each) => each.trim());
    if (!readable.includes(name)) throw new BlueprintError(`!Env: BLUEPRINT_ENV does not name ${name}.`);
    return process.env[name];
  }
}

/** Undoes what has been written. */
class NotKept extends Error {
  constructor(readonly success: boolean) {
    super('not kept');
  }
}

function event(log_level: LogEventDto['log_level'], text: string, attributes: Record<string, unknown>): LogEventDto {
  return { timestamp: new Date(), log_level, logger: 'authentik.blueprints.v1.importer', event: text, attributes };
}

/** What became of an entry; never what it sets, which may be secret. */
function told(entry: BlueprintEntry, { done, withoutEffect = [], ...outcome }: EntryOutcome): LogEventDto {
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

/** What is told of an error that the file is the cause of; nothing for any other. */
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

/** The database has ended a statement that waited for others, or worked, for too long. */
function isTimeout(error: unknown): boolean {
  return error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '57014';
}
