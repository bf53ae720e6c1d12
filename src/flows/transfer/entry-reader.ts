import { parseUuid } from '../../rest/fields/uuid.js';
import { BlueprintError } from './blueprint-error.js';
import { type BlueprintEntry, type EntryState, entryStates } from './blueprint.js';
import { isJson } from './merge.js';
import { isStageOrPolicy, type Lack } from './missing-kinds.js';
import { asText } from './percent-format.js';
import { isTrue, TagResolver, type TagScope } from './tag-resolver.js';
import { isMap, Tag, type TreeMap } from './tree.js';

export type Json = Record<string, unknown>;

/** A reference that is null because `!Find` has found nothing. */
export interface EmptyReference {
  readonly field: string;
  /** What was not found, for the author of the file. */
  readonly reason: string;
}

/** An entry after its tags are resolved. */
export interface ReadEntry {
  readonly state: EntryState;
  /** The key that the file has for the object. */
  readonly pk: unknown;
  readonly identifiers: Json;
  readonly attrs: Json;
  /** The objects that the entry refers to and that cannot be here. References to them are null. */
  readonly lacks: readonly Lack[];
  /** The references to objects that were looked for and are not here. They are null. */
  readonly empty: readonly EmptyReference[];
  /** Whether a reference among the identifiers is null: no object has it. */
  readonly isAboutNothing: boolean;
}

/** Resolves the tags and references of entries. It knows the objects of the earlier ones. */
export class EntryReader {
  private readonly tags: TagResolver;
  /** Keys of objects by the `id` of their entries. */
  private readonly byId = new Map<string, string>();
  /** Keys of stored objects by the keys that the file has for them. */
  private readonly keys = new Map<string, string>();
  /** Entries that were left out, by their `id`, and by the key that the file has for them. */
  private readonly leftOut = { byId: new Map<string, Lack>(), byKey: new Map<string, Lack>() };
  /** Models of invalid entries: `!Find` may look for an object that only they would have written. */
  private readonly invalidModels = new Set<string>();
  private lacks: Lack[] = [];
  private empty: EmptyReference[] = [];
  /** What `!Find` has not found in the field that is read. */
  private notFound: string[] = [];

  /** @param scope `find` returns undefined for a kind that is not here */
  constructor(
    scope: Pick<TagScope, 'context' | 'environment'> & {
      find(model: string, fields: Json): Promise<string | number | null | undefined>;
    },
  ) {
    this.tags = new TagResolver({
      context: scope.context,
      environment: scope.environment,
      keyOf: (id) => this.byId.get(id) ?? this.lack(this.leftOut.byId.get(id)),
      find: async (model, conditions) => {
        const found = await scope.find(model, this.withRealKeys(Object.fromEntries(conditions)) as Json);
        const kind = model.toLowerCase();
        if (found !== undefined && !(found === null && this.invalidModels.has(kind))) {
          if (found === null) this.notFound.push(notFoundText(kind, conditions));
          return found;
        }
        const [name = ''] = conditions.values();
        const kinds = found === undefined ? [kind] : [];
        this.lack({ model: kind, kinds, name: asText(name), isLeftOut: false, isGuard: isStageOrPolicy(kind) });
        return null;
      },
    });
  }

  /** Keys that stored objects have been assigned to. */
  get knownKeys(): readonly string[] {
    return [...this.keys.values()];
  }

  /** Returns the model of an entry in lower case. */
  async modelOf({ model }: BlueprintEntry): Promise<string> {
    return asText(await this.tags.resolve(model)).toLowerCase();
  }

  /** Whether all conditions of an entry are met. */
  async isWanted(entry: BlueprintEntry): Promise<boolean> {
    const conditions = await this.tags.resolve(entry.conditions);
    if (!Array.isArray(conditions)) throw new BlueprintError('conditions must be a list.');
    return conditions.every(isTrue);
  }

  /** @throws BlueprintError */
  async read(entry: BlueprintEntry): Promise<ReadEntry> {
    const state = await this.tags.resolve(entry.state);
    const known = entryStates.find((each) => each === state);
    if (known === undefined) throw new BlueprintError(`state must be one of ${entryStates.join(', ')}.`);
    const permissions = await this.tags.resolve(entry.permissions);
    if (isTrue(permissions)) throw new BlueprintError('Permissions cannot be imported.');
    this.lacks = [];
    this.empty = [];
    const { pk, ...identifiers } = await this.mapping(entry.identifiers, 'identifiers');
    const isAboutNothing = this.lacks.length > 0 || refersToNothing(entry.identifiers, identifiers);
    const attrs = await this.mapping(entry.attrs ?? {}, 'attrs');
    // A reference may be written as a mapping with its key: `target: {pk: …}`.
    const named = Object.entries(identifiers).map(([field, value]) => [field, keyIn(value)]);
    return {
      state: known,
      pk,
      identifiers: Object.fromEntries(named) as Json,
      attrs: this.lacks.length > 0 && !this.lacks.some(({ isGuard }) => isGuard) ? withoutNullItems(attrs) : attrs,
      lacks: this.lacks,
      empty: this.empty,
      isAboutNothing,
    };
  }

  /** Remembers the object of an entry, for the references of later entries. */
  async remember(entry: BlueprintEntry, pk: unknown, key: string): Promise<void> {
    const id = await this.idOf(entry);
    if (id !== undefined) this.byId.set(id, key);
    if (pk !== undefined) this.keys.set(keyText(pk), key);
  }

  /**
   * Remembers that an entry was left out: references to it are null.
   *
   * @param kinds the kinds that are not here and that it needs; none if it is invalid
   */
  async leaveOut(entry: BlueprintEntry, model: string, kinds: readonly string[]): Promise<void> {
    const id = await this.idOf(entry);
    const { pk, name } = isMap(entry.identifiers) ? entry.identifiers : {};
    const isGuard = !kinds.includes(model) || isStageOrPolicy(model);
    const lack = { model, kinds, name: typeof name === 'string' ? name : (id ?? asText(pk)), isLeftOut: true, isGuard };
    if (kinds.length === 0) this.invalidModels.add(model);
    if (id !== undefined) this.leftOut.byId.set(id, lack);
    if (typeof pk === 'string') this.leftOut.byKey.set(keyText(pk), lack);
  }

  private async idOf({ id }: BlueprintEntry): Promise<string | undefined> {
    return id instanceof Tag ? asText(await this.tags.resolve(id)) : id;
  }

  private async mapping(tree: BlueprintEntry['attrs'], what: string): Promise<Json> {
    const value = isMap(tree) ? await this.fields(tree) : await this.tags.resolve(tree);
    if (!isJson(value)) throw new BlueprintError(`${what} must be a mapping.`);
    return this.withRealKeys(value) as Json;
  }

  private async fields(tree: TreeMap): Promise<Json> {
    const values: [string, unknown][] = [];
    for (const [field, item] of Object.entries(tree)) {
      this.notFound = [];
      const [[, value] = []] = Object.entries((await this.tags.resolve({ [field]: item })) as Json);
      const reason = this.notFound.at(-1);
      if (reason !== undefined && [value].flat().includes(null)) this.empty.push({ field, reason });
      values.push([field, value]);
    }
    return Object.fromEntries(values);
  }

  /** Replaces the keys of the file by those of the stored objects. */
  private withRealKeys(value: unknown): unknown {
    if (typeof value === 'string') {
      const key = keyText(value);
      const lack = this.leftOut.byKey.get(key);
      return lack === undefined ? (this.keys.get(key) ?? value) : this.lack(lack);
    }
    if (Array.isArray(value)) return value.map((item) => this.withRealKeys(item));
    if (!isJson(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.withRealKeys(item)]));
  }

  /** Records a reference to an object that cannot be here. @returns null, the value of the reference */
  private lack(lack: Lack | undefined): null | undefined {
    if (lack === undefined) return undefined;
    this.lacks.push(lack);
    return null;
  }
}

/** `no flow here has the slug “sign-up”` */
function notFoundText(model: string, conditions: ReadonlyMap<string, unknown>): string {
  const wanted = [...conditions].map(([field, value]) => `the ${field} “${asText(value).slice(0, 100)}”`);
  return `no ${model.split('.')[1] ?? model} here has ${wanted.join(' and ')}`;
}

function keyIn(value: unknown): unknown {
  return isJson(value) && Object.hasOwn(value, 'pk') ? value['pk'] : value;
}

/** Returns a key in its usual spelling. */
export function keyText(key: unknown): string {
  return parseUuid(key) ?? asText(key);
}

/** Whether a tag among the identifiers is null now. */
function refersToNothing(tree: BlueprintEntry['identifiers'], identifiers: Json): boolean {
  return (
    isMap(tree) && Object.entries(tree).some(([field, value]) => value instanceof Tag && identifiers[field] === null)
  );
}

/** Drops references that are null from lists. */
function withoutNullItems(attrs: Json): Json {
  const kept = Object.entries(attrs).map(([field, value]) => [
    field,
    Array.isArray(value) ? value.filter((item) => item !== null) : value,
  ]);
  return Object.fromEntries(kept) as Json;
}
