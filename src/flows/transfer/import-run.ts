import { randomUUID } from 'node:crypto';

import type { EntityManager } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import type { Authority } from '../../core/authority/authority.service.js';
import { codename, everyRow } from '../../rest/access/route-access.js';
import { AppError } from '../../rest/errors/app-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { fieldsOf, type RuleContext } from '../../rest/fields/field.js';
import { readObject } from '../../rest/fields/read-object.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { BlueprintError, UnknownModelError } from './blueprint-error.js';
import { type BlueprintEntry, type EntryState, entryStates } from './blueprint.js';
import { findObject } from './find-object.js';
import { isJson, merge } from './merge.js';
import { asText } from './percent-format.js';
import { isTrue, TagResolver } from './tag-resolver.js';
import type { TransferModel } from './transfer-model.js';
import type { TransferModels } from './transfer-models.js';
import type { TreeMap } from './tree.js';

/** What one run through a file works with. */
export interface ImportScope {
  /** Of the transaction that the whole import is. */
  readonly manager: EntityManager;
  readonly models: TransferModels;
  readonly authority: Authority;
  /** Who imports: nothing is written that they could not write by the API. Nobody: the operator of the service. */
  readonly caller: Caller | undefined;
  readonly context: TreeMap;
  readonly resolve: RuleContext['resolve'];
  /** @throws BlueprintError if the variable may not be read */
  readonly environment: (name: string) => string | undefined;
}

/** What became of an entry. */
export interface EntryOutcome {
  readonly done: 'created' | 'updated' | 'deleted' | 'skipped';
  readonly model: string;
  readonly pk?: string;
  /** What it sets that the model does not have, or that cannot be set. */
  readonly withoutEffect?: readonly string[];
}

type Json = Record<string, unknown>;

/** An entry as it is once its tags are resolved. */
interface ResolvedEntry {
  readonly model: TransferModel;
  readonly state: EntryState;
  /** The key that the file calls the object by. */
  readonly pk: unknown;
  readonly identifiers: Json;
  readonly attrs: Json;
}

/** One run through the entries of a file (management API, section 5.5). It knows what earlier entries came to. */
export class ImportRun {
  private readonly tags: TagResolver;
  /** Keys of objects, by the `id` of their entries. */
  private readonly byId = new Map<string, string>();
  /** Keys that objects really have, by the keys that the file calls them by. */
  private readonly keys = new Map<string, string>();

  constructor(private readonly scope: ImportScope) {
    this.tags = new TagResolver({
      context: scope.context,
      environment: scope.environment,
      keyOf: (id) => this.byId.get(id),
      find: (model, conditions) => this.find(model, conditions),
    });
  }

  /** @throws BlueprintError, AppError `forbidden` or ValidationError if the entry cannot be written */
  async apply(entry: BlueprintEntry): Promise<EntryOutcome> {
    const name = asText(await this.tags.resolve(entry.model)).toLowerCase();
    const conditions = await this.tags.resolve(entry.conditions);
    if (!Array.isArray(conditions)) throw new BlueprintError('conditions must be a list.');
    if (!conditions.every(isTrue)) return { done: 'skipped', model: name };
    const resolved = await this.resolve(entry, this.modelOf(name));
    const found = await this.existing(resolved);
    const outcome = await this.write(resolved, found);
    if (outcome.pk !== undefined && outcome.done !== 'deleted') {
      if (entry.id !== undefined) this.byId.set(entry.id, outcome.pk);
      if (resolved.pk !== undefined) this.keys.set(keyText(resolved.pk), outcome.pk);
    }
    return outcome;
  }

  private modelOf(name: string): TransferModel {
    const model = this.scope.models.find(name);
    if (model !== undefined) return model;
    throw this.scope.models.isWithheld(name)
      ? new BlueprintError(`Model ${name} not allowed`)
      : new UnknownModelError(name);
  }

  private async resolve(entry: BlueprintEntry, model: TransferModel): Promise<ResolvedEntry> {
    const state = await this.tags.resolve(entry.state);
    const known = entryStates.find((each) => each === state);
    if (known === undefined) throw new BlueprintError(`state must be one of ${entryStates.join(', ')}.`);
    const permissions = await this.tags.resolve(entry.permissions);
    if (isTrue(permissions)) throw new BlueprintError('Permissions cannot be imported.');
    const { pk, ...identifiers } = await this.mapping(entry.identifiers, 'identifiers');
    const attrs = await this.mapping(entry.attrs ?? {}, 'attrs');
    if (pk === undefined && Object.keys(identifiers).length === 0)
      throw new BlueprintError('No or invalid identifiers');
    // A reference may be written as the object that it is to: `target: {pk: …}`.
    const named = Object.entries(identifiers).map(([field, value]) => [field, keyIn(value)]);
    return { model, state: known, pk, identifiers: Object.fromEntries(named) as Json, attrs };
  }

  private async mapping(tree: BlueprintEntry['attrs'], what: string): Promise<Json> {
    const value = await this.tags.resolve(tree);
    if (!isJson(value)) throw new BlueprintError(`${what} must be a mapping.`);
    return this.withRealKeys(value) as Json;
  }

  /** Puts the keys that objects have here in the places of those that the file calls them by. */
  private withRealKeys(value: unknown): unknown {
    if (typeof value === 'string') return this.keys.get(keyText(value)) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.withRealKeys(item));
    if (!isJson(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.withRealKeys(item)]));
  }

  /**
   * The key of the object that an entry is about, if it is there. Entries with different keys are about different
   * objects, even if all else that names them is the same.
   */
  private async existing({ model, pk, identifiers }: ResolvedEntry): Promise<string | undefined> {
    const exceptFor = pk === undefined ? [] : [...this.keys.values()];
    const search = { pk, fields: identifiers, exceptFor, visible: everyRow };
    return (await findObject(this.scope.manager, model, search)) as string | undefined;
  }

  private async write(entry: ResolvedEntry, found: string | undefined): Promise<EntryOutcome> {
    const { model: transfer, state } = entry;
    const { model } = transfer;
    if (state === 'absent') {
      if (found === undefined) return { done: 'skipped', model };
      this.requireOn(model, found, 'view', 'delete');
      await this.authorized(transfer, found, () => transfer.store.remove({ pk: found }, this.scope.manager));
      return { done: 'deleted', model, pk: found };
    }
    if (found === undefined) return this.create(entry);
    if (state === 'must_created') throw new BlueprintError('State is set to must_created and object exists already');
    if (state === 'present') return this.change(entry, found);
    this.requireOn(model, found, 'view');
    return { done: 'skipped', model, pk: found };
  }

  private async create(entry: ResolvedEntry): Promise<EntryOutcome> {
    const { model: transfer, pk: wanted } = entry;
    const { model } = transfer;
    const { caller, manager } = this.scope;
    if (caller?.mayEverywhere(codename(model, 'add')) === false) throw new AppError('forbidden');
    const pk = wanted === undefined ? randomUUID() : parseUuid(wanted);
    if (pk === undefined) throw new BlueprintError(`“${keyText(wanted)}” is not a valid UUID.`);
    const request = await this.read(entry, transfer.request, undefined);
    await this.authorized(transfer, pk, () => transfer.store.insert(manager, request, pk));
    return { done: 'created', model, pk, withoutEffect: withoutEffect(entry) };
  }

  private async change(entry: ResolvedEntry, pk: string): Promise<EntryOutcome> {
    const { model: transfer } = entry;
    const { manager } = this.scope;
    this.requireOn(transfer.model, pk, 'view', 'change');
    const current = await manager.findOneByOrFail(transfer.entity, { pk });
    const request = await this.read(entry, transfer.patch, current);
    await this.authorized(transfer, pk, () => transfer.store.change(manager, pk, request));
    return { done: 'updated', model: transfer.model, pk, withoutEffect: withoutEffect(entry) };
  }

  /** Reads what the entry sets as a request of the API would be read; what names the object is set as well. */
  private async read(
    { model, attrs, identifiers }: ResolvedEntry,
    type: abstract new () => object,
    current: object | undefined,
  ): Promise<object> {
    const { manager, resolve } = this.scope;
    const data = merge(attrs, identifiers);
    const withheld = (model.withheld ?? []).filter((field) => Object.hasOwn(data, field));
    if (withheld.length > 0) {
      const errors = withheld.map((field) => [field, ['This cannot be set by a file.']]);
      throw new ValidationError(Object.fromEntries(errors) as Record<string, string[]>);
    }
    return readObject(type, data, { manager, current, resolve });
  }

  /** @throws AppError `forbidden` if the object hands on more than the caller has */
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

  /** For `!Find`: only what the caller may view is found. */
  private async find(name: string, conditions: ReadonlyMap<string, unknown>): Promise<string | number | null> {
    const { manager, models, caller } = this.scope;
    const model = models.findable(name.toLowerCase());
    if (model === undefined) throw new BlueprintError(`!Find: ${name} cannot be looked up.`);
    const visible = caller?.viewable(model.model) ?? everyRow;
    const fields = this.withRealKeys(Object.fromEntries(conditions)) as Json;
    return (await findObject(manager, model, { fields, visible })) ?? null;
  }
}

function keyIn(value: unknown): unknown {
  return isJson(value) && Object.hasOwn(value, 'pk') ? value['pk'] : value;
}

/** A key in its usual spelling. */
function keyText(key: unknown): string {
  return parseUuid(key) ?? asText(key);
}

function withoutEffect({ model, attrs }: ResolvedEntry): string[] {
  return Object.keys(attrs).filter((field) => !fieldsOf(model.request).has(field));
}
