import { BlueprintError, LimitError } from './blueprint-error.js';
import { limits } from './limits.js';
import { asText, percentFormat } from './percent-format.js';
import { isMap, Tag, type Tree, type TreeMap } from './tree.js';

/** Data outside the file that tags can access. */
export interface TagScope {
  readonly context: TreeMap;
  /** Returns the key of the object of an earlier entry with this `id`; null if that was left out, undefined if none. */
  keyOf(id: string): string | null | undefined;
  /** Returns the key of an object with these values; null if not found. */
  find(model: string, conditions: ReadonlyMap<string, unknown>): Promise<string | number | null>;
  /**
   * Returns a variable; undefined if it is not set, or if it may not be read and has a default.
   *
   * @throws BlueprintError if it may not be read and has no default
   */
  environment(name: string, hasDefault: boolean): string | undefined;
}

/** An iteration of `!Enumerate`; without an item while the source is still being resolved. */
interface Iteration {
  item?: readonly [index: unknown, value: unknown];
}

/**
 * Resolves tags, also nested ones, as authentik 2024.12 does. One resolver serves one import, so that the limits apply to
 * the expansion of the whole file.
 */
export class TagResolver {
  private readonly iterations: Iteration[] = [];
  private depth = 0;
  private values = 0;
  private characters = 0;

  constructor(private readonly scope: TagScope) {}

  /** @throws BlueprintError */
  async resolve(tree: Tree): Promise<unknown> {
    this.depth += 1;
    if (this.depth > limits.depth) throw new BlueprintError('Tags are nested too deeply or refer to themselves.');
    try {
      return this.counted(await this.valueOf(tree));
    } finally {
      this.depth -= 1;
    }
  }

  private async valueOf(tree: Tree): Promise<unknown> {
    if (tree instanceof Tag) return this.tag(tree);
    if (isMap(tree)) {
      const entries: [string, unknown][] = [];
      for (const [key, value] of Object.entries(tree)) entries.push([this.counted(key), await this.resolve(value)]);
      return Object.fromEntries(entries);
    }
    return Array.isArray(tree) ? this.all(tree as readonly Tree[]) : tree;
  }

  private async all(trees: readonly Tree[]): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const tree of trees) values.push(await this.resolve(tree));
    return values;
  }

  private counted<T>(value: T): T {
    this.values += 1;
    if (typeof value === 'string') this.characters += value.length;
    if (this.values > limits.values || this.characters > limits.characters) {
      throw new LimitError('The file is too large after expansion of tags and aliases.');
    }
    // PostgreSQL cannot store these.
    if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
      throw new BlueprintError('A string contains a null character or an unpaired surrogate.');
    }
    return value;
  }

  private async tag(tag: Tag): Promise<unknown> {
    try {
      return await this.valueOfTag(tag);
    } catch (error) {
      if (!(error instanceof BlueprintError) || error.line !== undefined) throw error;
      throw new (error instanceof LimitError ? LimitError : BlueprintError)(error.message, tag.line);
    }
  }

  private valueOfTag(tag: Tag): unknown {
    switch (tag.name) {
      case '!KeyOf':
        return this.keyOf(tag);
      case '!Env':
        return this.withDefault(tag, (name, hasDefault) => this.scope.environment(name, hasDefault));
      case '!Context':
        return this.withDefault(tag, (name) => this.fromContext(name));
      case '!Format':
        return this.format(tag);
      case '!Find':
        return this.find(tag);
      case '!If':
        return this.choose(tag);
      case '!Condition':
        return this.combine(tag);
      case '!Enumerate':
        return this.enumerate(tag);
      case '!Index':
        return this.item(tag)[0];
      case '!Value':
        return this.item(tag)[1];
      case '!AtIndex':
        return this.at(tag);
      default:
        throw new BlueprintError(`Unknown tag ${tag.name}.`);
    }
  }

  private keyOf(tag: Tag): string | null {
    const id = stringArgument(tag);
    const key = this.scope.keyOf(id);
    if (key === undefined) throw new BlueprintError(`!KeyOf: no earlier entry has the id ${id}.`);
    return key;
  }

  /** `!Tag name` or `!Tag [name, default]`. */
  private async withDefault(
    { name, argument }: Tag,
    read: (name: string, hasDefault: boolean) => unknown,
  ): Promise<unknown> {
    const [key, fallback = null] = typeof argument === 'string' ? [argument] : argument;
    if (key === undefined) throw new BlueprintError(`${name} needs a name.`);
    const found = await read(asText(await this.resolve(key)), typeof argument !== 'string' && argument.length > 1);
    return found === undefined ? this.resolve(fallback) : found;
  }

  private fromContext(name: string): unknown {
    const { context } = this.scope;
    return Object.hasOwn(context, name) ? this.resolve(context[name] ?? null) : undefined;
  }

  private async format(tag: Tag): Promise<string> {
    const [text, ...values] = await this.all(listArgument(tag, 1));
    return percentFormat(asText(text), values);
  }

  private async find(tag: Tag): Promise<string | number | null> {
    const [model, ...pairs] = await this.all(listArgument(tag, 2));
    const conditions = new Map<string, unknown>();
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2)
        throw new BlueprintError('!Find needs pairs of a field and a value.');
      conditions.set(asText(pair[0]), pair[1]);
    }
    return this.scope.find(asText(model), conditions);
  }

  /** Resolves only the chosen branch. */
  private async choose(tag: Tag): Promise<unknown> {
    const [condition = null, whenTrue = true, whenFalse = false] =
      typeof tag.argument === 'string' ? [tag.argument] : listArgument(tag, 1);
    return this.resolve(isTrue(await this.resolve(condition)) ? whenTrue : whenFalse);
  }

  private async combine(tag: Tag): Promise<boolean> {
    const [mode, ...values] = await this.all(listArgument(tag, 2));
    const truths = values.map(isTrue);
    switch (asText(mode).toUpperCase()) {
      case 'AND':
        return truths.every(Boolean);
      case 'NAND':
        return !truths.every(Boolean);
      case 'OR':
        return truths.some(Boolean);
      case 'NOR':
        return !truths.some(Boolean);
      case 'XOR':
        return isOdd(truths);
      case 'XNOR':
        return !isOdd(truths);
      default:
        throw new BlueprintError(`!Condition: ${asText(mode)} is not one of AND, NAND, OR, NOR, XOR, XNOR.`);
    }
  }

  private async enumerate(tag: Tag): Promise<unknown> {
    const [source = null, kind = null, body = null] = listArgument(tag, 3);
    const iteration: Iteration = {};
    this.iterations.push(iteration);
    try {
      const items = itemsOf(await this.resolve(source));
      const form = asText(await this.resolve(kind)).toUpperCase();
      if (form !== 'SEQ' && form !== 'MAP') throw new BlueprintError(`!Enumerate: ${form} is not one of SEQ, MAP.`);
      const results: unknown[] = [];
      for (const item of items) {
        iteration.item = item;
        results.push(await this.resolve(body));
      }
      return form === 'SEQ' ? results : Object.fromEntries(results.map(asPair));
    } finally {
      this.iterations.pop();
    }
  }

  /** Returns the item of the enclosing enumeration; a level of 1 or more selects an outer one. */
  private item(tag: Tag): readonly [index: unknown, value: unknown] {
    const levels = Number(stringArgument(tag) || '0');
    if (this.iterations.length === 0) throw new BlueprintError(`${tag.name} is only allowed inside !Enumerate.`);
    const iteration = Number.isInteger(levels) && levels >= 0 ? this.iterations.at(-1 - levels) : undefined;
    if (iteration === undefined)
      throw new BlueprintError(`${tag.name}: there is no !Enumerate ${levels} levels around it.`);
    if (iteration.item === undefined)
      throw new BlueprintError(`${tag.name}: the source of an enumeration cannot depend on its items.`);
    return iteration.item;
  }

  /** `!AtIndex [list or mapping, index or key, default]`. */
  private async at(tag: Tag): Promise<unknown> {
    const [source = null, place = null, fallback] = listArgument(tag, 2);
    const from = await this.resolve(source);
    const key = await this.resolve(place);
    const found =
      Array.isArray(from) && typeof key === 'number' ? (from.at(key) as unknown) : memberOf(from, asText(key));
    if (found !== undefined) return found;
    if (fallback === undefined) throw new BlueprintError(`!AtIndex: no item at ${asText(key)}.`);
    return this.resolve(fallback);
  }
}

/** Returns `bool(value)` of Python. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function stringArgument({ name, argument }: Tag): string {
  if (typeof argument !== 'string') throw new BlueprintError(`${name} takes a string, not a list.`);
  return argument;
}

function listArgument({ name, argument }: Tag, minLength: number): readonly Tree[] {
  if (typeof argument === 'string' || argument.length < minLength) {
    throw new BlueprintError(`${name} takes a list of at least ${minLength} ${minLength === 1 ? 'item' : 'items'}.`);
  }
  return argument;
}

function isOdd(truths: readonly boolean[]): boolean {
  return truths.filter(Boolean).length % 2 === 1;
}

function itemsOf(value: unknown): (readonly [unknown, unknown])[] {
  if (typeof value === 'string' && value.length > limits.values)
    throw new BlueprintError('!Enumerate: the text is too long.');
  if (typeof value === 'string') return [...value].map((letter, index) => [index, letter]);
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  if (typeof value === 'object' && value !== null) return Object.entries(value);
  throw new BlueprintError('!Enumerate needs a list, a mapping or a text.');
}

function asPair(result: unknown): [string, unknown] {
  if (!Array.isArray(result) || result.length !== 2)
    throw new BlueprintError('!Enumerate: MAP needs pairs of key and value.');
  return [asText(result[0]), result[1]];
}

function memberOf(from: unknown, key: string): unknown {
  if (typeof from !== 'object' || from === null || Array.isArray(from) || !Object.hasOwn(from, key)) return undefined;
  return (from as Record<string, unknown>)[key];
}
