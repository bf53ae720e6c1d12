import { randomUUID } from 'node:crypto';

import type { EntityManager } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import type { Authority } from '../../core/authority/authority.service.js';
import { codename, everyRow } from '../../rest/access/route-access.js';
import { AppError } from '../../rest/errors/app-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { fieldsOf, type RuleContext } from '../../rest/fields/field.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { BlueprintError } from './blueprint-error.js';
import type { BlueprintEntry } from './blueprint.js';
import { changedFields, type FieldChanges } from './changed-fields.js';
import { EntryReader, type Json, keyText, type ReadEntry } from './entry-reader.js';
import { findObject } from './find-object.js';
import type { Lack } from './missing-kinds.js';
import { readRequest, without } from './read-request.js';
import { standInFor } from './stand-ins.js';
import type { TransferModel } from './transfer-model.js';
import type { TransferModels } from './transfer-models.js';
import type { TreeMap } from './tree.js';

/** Input of an import. */
export interface ImportScope {
  /** Of the transaction of the whole import. */
  readonly manager: EntityManager;
  readonly models: TransferModels;
  readonly authority: Authority;
  /** The importing user: nothing is written that they could not write over the API. Undefined: the operator. */
  readonly caller: Caller | undefined;
  /** Whether outcomes say what updates change. */
  readonly listsChanges: boolean;
  readonly context: TreeMap;
  readonly resolve: RuleContext['resolve'];
  /** @throws BlueprintError if the variable may not be read and has no default */
  readonly environment: (name: string, hasDefault: boolean) => string | undefined;
}

/** Result of an entry. */
export interface EntryOutcome {
  readonly done: 'created' | 'updated' | 'deleted' | 'skipped' | 'left out';
  readonly model: string;
  readonly pk?: string;
  /** Attributes that the model does not have, or that cannot be set. */
  readonly withoutEffect?: readonly string[];
  readonly warnings?: readonly string[];
  /** Models of objects that the entry needs or refers to and that cannot be here. */
  readonly lacks?: readonly string[];
  /** Whether the file is imported without something because of that, and not just with empty references. */
  readonly isWithout?: true;
  /** What an update changes, if that is asked for. */
  readonly changes?: FieldChanges;
}

/** An entry to write, with its model. */
interface ModelEntry extends ReadEntry {
  readonly model: TransferModel;
}

/**
 * One run through the entries of a file (management API, section 5.5). What the file needs and what cannot be here is
 * left out, and nothing opens by that: a binding to it denies (`stand-ins.ts`). The importer decides whether the result
 * is kept.
 */
export class ImportRun {
  private readonly reader: EntryReader;

  constructor(private readonly scope: ImportScope) {
    const { context, environment } = scope;
    this.reader = new EntryReader({ context, environment, find: (name, fields) => this.find(name, fields) });
  }

  /** @throws BlueprintError, AppError `forbidden` or ValidationError if the entry cannot be written */
  async apply(entry: BlueprintEntry): Promise<EntryOutcome> {
    const name = await this.reader.modelOf(entry);
    if (!(await this.reader.isWanted(entry))) return { done: 'skipped', model: name };
    const { models, manager, caller } = this.scope;
    const require = models.findMeta(name);
    if (require !== undefined) {
      const { attrs } = await this.reader.read(entry);
      await require({ manager, attrs, caller });
      return { done: 'skipped', model: name };
    }
    const model = models.find(name);
    if (model === undefined) return this.leaveOut(entry, name, [name]);
    const read = { ...(await this.reader.read(entry)), model };
    if (read.pk === undefined && Object.keys(read.identifiers).length === 0)
      throw new BlueprintError('No or invalid identifiers');
    const outcome = await this.write(read);
    if (outcome === undefined) return this.leaveOut(entry, name, kindsOf(read.lacks));
    if (outcome.pk !== undefined && outcome.done !== 'deleted') await this.reader.remember(entry, read.pk, outcome.pk);
    const { pk, ...logged } = outcome;
    const isWritten = outcome.done === 'created' || outcome.done === 'updated';
    return {
      ...logged,
      ...(pk !== undefined && !model.isKeySecret && { pk }),
      ...(isWritten && read.lacks.length > 0 && { lacks: kindsOf(read.lacks) }),
    };
  }

  /** Takes note of an invalid entry: entries that refer to it are left out. Nothing of the file may be kept. */
  async reject(entry: BlueprintEntry): Promise<void> {
    const name = await this.reader.modelOf(entry).catch(() => undefined);
    if (name !== undefined) await this.reader.leaveOut(entry, name, []).catch(() => undefined);
  }

  /** Returns the kind of an invalid entry if it is not here; nothing is written. */
  async lacksOf(entry: BlueprintEntry): Promise<string[]> {
    const name = await this.reader.modelOf(entry).catch(() => undefined);
    const { models } = this.scope;
    if (name === undefined || models.find(name) !== undefined || models.findMeta(name) !== undefined) return [];
    // Conditions may be what is invalid.
    return (await this.reader.isWanted(entry).catch(() => true)) ? [name] : [];
  }

  private async leaveOut(entry: BlueprintEntry, model: string, lacks: readonly string[]): Promise<EntryOutcome> {
    await this.reader.leaveOut(entry, model, lacks);
    return { done: 'left out', model, lacks, isWithout: true };
  }

  /** @returns undefined if the entry cannot be written because of what it lacks */
  private async write(entry: ModelEntry): Promise<EntryOutcome | undefined> {
    const { model, state, lacks, isAboutNothing } = entry;
    if (state === 'absent' && isAboutNothing) return { done: 'skipped', model: model.model };
    const [lack] = lacks;
    if (lack === undefined || state === 'absent') return this.writeState(entry);
    if (lacks.some(({ kinds }) => kinds.length === 0)) return undefined;
    if (model.closing !== undefined) return this.writeClosed(entry, model.closing, lack);
    if (isAboutNothing || lacks.some(({ isLeftOut, isGuard }) => isLeftOut && isGuard)) return undefined;
    try {
      return await this.writeState(entry);
    } catch (error) {
      if (error instanceof ValidationError) return undefined;
      throw error;
    }
  }

  /** Writes a binding that denies. One whose target was left out protects nothing. */
  private async writeClosed(
    entry: ModelEntry,
    { target, standIn, instead }: NonNullable<TransferModel['closing']>,
    lack: Lack,
  ): Promise<EntryOutcome | undefined> {
    const identifiers = without(entry.identifiers, instead);
    const attrs = without(entry.attrs, instead);
    if ((identifiers[target] ?? attrs[target] ?? null) === null) return undefined;
    const pk = await this.standIn(standIn, lack);
    const outcome = await this.writeState({ ...entry, identifiers: { ...identifiers, [standIn]: pk }, attrs });
    return { ...outcome, isWithout: true };
  }

  /** Returns the key of the object that denies in place of another, which is created if it is not there. */
  private async standIn(kind: 'stage' | 'policy', lack: Lack): Promise<string> {
    const { model: name, ...values } = standInFor(kind, lack);
    const model = this.scope.models.find(name);
    if (model === undefined) throw new Error(`${name} is not registered`);
    const entry = {
      model,
      state: 'present',
      pk: undefined,
      lacks: [],
      empty: [],
      isAboutNothing: false,
      ...values,
    } as const;
    return (await this.existing(entry)) ?? (await this.create(entry));
  }

  /**
   * Returns the key of the object of an entry, if it exists. Entries with different keys have different objects, even if
   * their other identifiers are the same. A key means nothing in another service, so an object that an export names by
   * its key alone is also found by the unique name among its attributes.
   */
  private async existing({ model, pk, state, identifiers, attrs }: ModelEntry): Promise<string | undefined> {
    const exceptFor = pk === undefined ? [] : this.reader.knownKeys;
    const search = { pk, fields: identifiers, exceptFor, visible: everyRow };
    const found = await findObject(this.scope.manager, model, search);
    const { naturalKey = '' } = model;
    const isNamed = pk !== undefined && !Object.hasOwn(identifiers, naturalKey) && Object.hasOwn(attrs, naturalKey);
    if (found !== undefined || !isNamed || state === 'absent') return found as string | undefined;
    const fields = { [naturalKey]: attrs[naturalKey] };
    return (await findObject(this.scope.manager, model, { ...search, pk: undefined, fields })) as string | undefined;
  }

  private async writeState(entry: ModelEntry): Promise<EntryOutcome> {
    const { model: transfer, state } = entry;
    const { model } = transfer;
    const found = await this.existing(entry);
    if (state === 'absent') {
      if (found === undefined) return { done: 'skipped', model };
      this.requireOn(model, found, 'view', 'delete');
      await this.authorized(transfer, found, () => transfer.store.remove({ pk: found }, this.scope.manager));
      return { done: 'deleted', model, pk: found };
    }
    const withoutEffect = Object.keys(entry.attrs).filter((field) => !fieldsOf(transfer.request).has(field));
    const empty = entry.empty.map(({ field, reason }) => `${field} is empty: ${reason}`);
    const warnings = [...(transfer.warnings?.(entry.attrs) ?? []), ...empty];
    if (found === undefined) return { done: 'created', model, pk: await this.create(entry), withoutEffect, warnings };
    if (state === 'must_created') throw new BlueprintError('State is set to must_created and object exists already');
    if (state === 'present') {
      const changes = await this.change(entry, found);
      const listed = this.scope.listsChanges ? { changes } : {};
      return { done: 'updated', model, pk: found, withoutEffect, warnings, ...listed };
    }
    this.requireOn(model, found, 'view');
    return { done: 'skipped', model, pk: found };
  }

  private async create(entry: ModelEntry): Promise<string> {
    const { model: transfer, pk: wanted } = entry;
    const { caller, manager, resolve } = this.scope;
    if (caller?.mayEverywhere(codename(transfer.model, 'add')) === false) throw new AppError('forbidden');
    const pk = wanted === undefined || transfer.isKeySecret ? randomUUID() : parseUuid(wanted);
    if (pk === undefined) throw new BlueprintError(`“${keyText(wanted)}” is not a valid UUID.`);
    const request = await readRequest(entry, transfer.request, { manager, current: undefined, resolve });
    await this.authorized(transfer, pk, () => transfer.store.insert(manager, request, pk, caller));
    return pk;
  }

  private async change(entry: ModelEntry, pk: string): Promise<FieldChanges> {
    const { model: transfer } = entry;
    const { manager, resolve, listsChanges } = this.scope;
    this.requireOn(transfer.model, pk, 'view', 'change');
    const current = await manager.findOneByOrFail(transfer.entity, { pk });
    const answer = listsChanges ? await transfer.exported?.read(manager, pk) : undefined;
    const request = await readRequest(entry, transfer.patch, { manager, current, resolve });
    await this.authorized(transfer, pk, () => transfer.store.change(manager, pk, request));
    return changedFields(transfer.patch, current, request, answer);
  }

  /** @throws AppError `forbidden` if the object hands on more rights than the caller has */
  private async authorized(transfer: TransferModel, pk: string, work: () => Promise<unknown>): Promise<void> {
    const { manager, authority, caller = 'operator' } = this.scope;
    const subject = transfer.subject?.(pk);
    await (subject === undefined ? work() : authority.changing(manager, caller, [subject], work));
  }

  /** @throws AppError `forbidden` unless the caller has these permissions on the object or everywhere */
  private requireOn(model: string, pk: string, ...actions: string[]): void {
    const { caller } = this.scope;
    const may = actions.every((action) => caller?.mayOn(codename(model, action), pk) ?? true);
    if (!may) throw new AppError('forbidden');
  }

  /** For `!Find`: finds what the caller may view. @returns undefined for a kind that is not here */
  private async find(name: string, fields: Json): Promise<string | number | null | undefined> {
    const { manager, models, caller } = this.scope;
    const model = models.findable(name.toLowerCase());
    if (model === undefined) {
      if (models.isHere(name.toLowerCase())) throw new BlueprintError(`!Find: ${name} cannot be looked up.`);
      return undefined;
    }
    // Whether an object has a key is no secret: a reference without `!Find` shows it too.
    const isByKey = Object.keys(fields).join() === 'pk';
    const visible = isByKey ? everyRow : (caller?.viewable(model.model) ?? everyRow);
    return (await findObject(manager, model, { fields, visible })) ?? null;
  }
}

function kindsOf(lacks: readonly Lack[]): string[] {
  return [...new Set(lacks.flatMap(({ kinds }) => kinds))];
}
