import { Context, type Liquid, type Template } from 'liquidjs';

import type { Catalog, Catalogs } from '../language/catalog.js';
import type { TimeFormats } from '../language/time-formats.js';
import { TimeZone } from '../language/time-zone.js';
import { emptyScope, type Scope } from '../scope.js';
import type { TemplateFile } from '../template-files.js';
import type { CompiledTemplate } from './compiled-template.js';
import { escapeHtml, isRecord, SafeText, textOf, ZonedMoment } from './values.js';
import type { WorkBudget } from './work-budget.js';

/** State that all parts of one mail or page share while they are rendered. */
export interface Rendering {
  readonly catalog: Catalog;
  /** The catalogs of all languages. */
  readonly catalogs: Catalogs;
  /** Names of the variables that templates may use; any other name is a mistake in the template. */
  readonly declared: ReadonlySet<string>;
  readonly formats: TimeFormats;
  readonly now: Date;
  readonly budget: WorkBudget;
  /** Adds a warning for the author of the template. */
  warn(message: string): void;
  /**
   * Finds and compiles the template at `path`, which is resolved relative to `from`.
   *
   * @throws TemplateError if it is missing or invalid
   */
  readonly load: (path: string, from: TemplateFile, except?: readonly TemplateFile[]) => Promise<CompiledTemplate>;
}

/** The content of a block in one template. */
export interface BlockBody {
  readonly nodes: Template[];
}

/** The value of `{{ block.super }}`; rendered on use. */
export class BlockParent {
  constructor(readonly render: () => Generator<unknown, SafeText, unknown>) {}
}

const pythonNames = { True: true, False: false, None: null };

/** The context of one part: its variables, and how they are read. */
export class RenderContext extends Context {
  /** Overrides of each block, most derived template first. */
  blocks = new Map<string, readonly BlockBody[]>();
  /** The templates of the current inheritance chain. */
  lineage: readonly TemplateFile[] = [];
  /** Nesting depth of the current template. */
  depth = 0;
  /** Nesting depth of the current block. */
  blockDepth = 0;
  /** The `forloop` variable of the innermost loop. */
  loop: Scope | null = null;
  /** Position of each `cycle`. */
  readonly memory = new Map<object, number>();
  /** State of tags between iterations of the innermost loop. */
  loopMemory = new Map<object, unknown>();
  /** The current time zone. */
  zone = TimeZone.utc;
  /** Whether moments are written in the current time zone; otherwise in UTC, which all of them come in. */
  usesLocalTime = true;
  private readonly layers: Scope[] = [];

  /** @param part `html`: values are escaped */
  constructor(
    liquid: Liquid,
    scope: Scope,
    readonly part: 'html' | 'text',
    public rendering: Rendering,
  ) {
    super(Object.assign(emptyScope(), pythonNames, scope), liquid.options, {}, { liquid });
    // Limiter has private members and cannot be implemented; LiquidJS calls only these two methods.
    const limiter: Pick<Context['renderLimit'], 'check' | 'use'> = rendering.budget;
    this.renderLimit = this.memoryLimit = limiter as Context['renderLimit'];
  }

  /**
   * Reads `target.key`: own properties of plain objects, elements of lists, characters of strings. Never reads inherited
   * properties and never calls functions. Of Django's methods only `items`, `keys` and `values` of objects are supported.
   */
  override readProperty(target: unknown, key: unknown): unknown {
    const name = String(key);
    if (target === this.globals) {
      if (!this.rendering.declared.has(name)) this.rendering.warn(`there is no variable "${name}"`);
      return undefined;
    }
    if (target instanceof BlockParent) return name === 'super' ? target.render() : undefined;
    if (typeof target === 'string' || Array.isArray(target)) {
      const elements: ArrayLike<unknown> = target;
      return /^\d+$/.test(name) ? elements[Number(name)] : undefined;
    }
    if (!isRecord(target)) return undefined;
    if (Object.hasOwn(target, name)) return target[name];
    if (name === 'items') return Object.entries(target);
    if (name === 'keys') return Object.keys(target);
    return name === 'values' ? Object.values(target) : undefined;
  }

  /** Formats a value for this part: escaped in HTML, unless it is safe text. */
  written(value: unknown): string {
    const { formats } = this.rendering;
    const text = value instanceof Date ? formats.moment(value, this.zoneOf(value)) : textOf(value, formats);
    return this.part === 'text' || value instanceof SafeText ? text : escapeHtml(text);
  }

  /** Returns the time zone that a moment is written in. */
  zoneOf(value: unknown): TimeZone {
    if (value instanceof ZonedMoment) return value.zone;
    return this.usesLocalTime ? this.zone : TimeZone.utc;
  }

  /** Returns a context without variables for the same rendering. */
  isolated(): RenderContext {
    const context = new RenderContext(this.liquid as Liquid, emptyScope(), this.part, this.rendering);
    context.zone = this.zone;
    context.usesLocalTime = this.usesLocalTime;
    return context;
  }

  override push(scope: object): number {
    this.layers.push(scope as Scope);
    return super.push(scope);
  }

  override pop(): ReturnType<Context['pop']> {
    this.layers.pop();
    return super.pop();
  }

  /** Adds variables until `pop`. */
  pushValues(values: Readonly<Record<string, unknown>>): void {
    this.push(Object.assign(emptyScope(), values));
  }

  /** Sets a variable in the innermost scope, for tags such as `{% trans … as name %}`. */
  assign(name: string, value: unknown): void {
    const scope = this.layers.at(-1) ?? this.bottom();
    scope[name] = value;
  }
}

/** Narrows the context of a tag or filter. @throws TypeError if it is not a RenderContext */
export function contextOf(context: Context): RenderContext {
  if (!(context instanceof RenderContext)) throw new TypeError('Only a RenderContext can render these templates');
  return context;
}
