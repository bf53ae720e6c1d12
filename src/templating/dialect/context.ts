import { Context, type Liquid, type Template } from 'liquidjs';

import type { Catalog, Catalogs } from '../language/catalog.js';
import type { TimeFormats } from '../language/time-formats.js';
import { emptyScope, type Scope } from '../scope.js';
import type { TemplateFile } from '../template-files.js';
import type { CompiledTemplate } from './compiled-template.js';
import { escapeHtml, isRecord, SafeText, textOf } from './values.js';
import type { WorkBudget } from './work-budget.js';

/** What the parts of one mail or page have in common while they are rendered. */
export interface Rendering {
  readonly catalog: Catalog;
  /** Where those of other languages are. */
  readonly catalogs: Catalogs;
  /** Names of the values that there may be; a template that reads another one has made a mistake. */
  readonly declared: ReadonlySet<string>;
  readonly formats: TimeFormats;
  readonly now: Date;
  readonly budget: WorkBudget;
  /** Tells the author of the template something that is no error. */
  warn(message: string): void;
  /**
   * Finds and compiles the template that `from` means by `path`.
   *
   * @throws TemplateError if there is none, or it cannot be used
   */
  readonly load: (path: string, from: TemplateFile, except?: readonly TemplateFile[]) => Promise<CompiledTemplate>;
}

/** A block as one template has it. */
export interface BlockBody {
  readonly nodes: Template[];
}

/** What `{{ block.super }}` stands for; rendered only where it is asked for. */
export class BlockParent {
  constructor(readonly render: () => Generator<unknown, SafeText, unknown>) {}
}

const pythonNames = { True: true, False: false, None: null };

/** Where a part is being rendered: the values in sight, and the rules for reading them. */
export class RenderContext extends Context {
  /** How the template at hand overrides each block, the outermost heir first. */
  blocks = new Map<string, readonly BlockBody[]>();
  /** The templates that the one at hand extends or is extended by. */
  lineage: readonly TemplateFile[] = [];
  /** How many templates are around the one at hand. */
  depth = 0;
  /** How many blocks are around the one at hand. */
  blockDepth = 0;
  /** Where the innermost loop is, as templates see it. */
  loop: Scope | null = null;
  /** Which turn it is of each `cycle`. */
  readonly memory = new Map<object, number>();
  /** What tags remember from one time to the next, until the innermost loop has ended. */
  loopMemory = new Map<object, unknown>();
  private readonly layers: Scope[] = [];

  /** @param part decides whether values are escaped as HTML */
  constructor(
    liquid: Liquid,
    scope: Scope,
    readonly part: 'html' | 'text',
    public rendering: Rendering,
  ) {
    super(Object.assign(emptyScope(), pythonNames, scope), liquid.options, {}, { liquid });
    // Limiter has private members and cannot be implemented; these two methods of it are all that LiquidJS calls.
    const limiter: Pick<Context['renderLimit'], 'check' | 'use'> = rendering.budget;
    this.renderLimit = this.memoryLimit = limiter as Context['renderLimit'];
  }

  /**
   * Reads `target.key`: own properties of plain objects, elements of lists, characters of texts. Nothing is inherited
   * and nothing is called. Of Django's methods only `items`, `keys` and `values` of an object are there.
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

  /** What a value looks like in this part: escaped in HTML, unless it is HTML that an author wrote. */
  written(value: unknown): string {
    const text = textOf(value, this.rendering.formats);
    return this.part === 'text' || value instanceof SafeText ? text : escapeHtml(text);
  }

  /** A context at the same place that sees none of the values. */
  isolated(): RenderContext {
    return new RenderContext(this.liquid as Liquid, emptyScope(), this.part, this.rendering);
  }

  override push(scope: object): number {
    this.layers.push(scope as Scope);
    return super.push(scope);
  }

  override pop(): ReturnType<Context['pop']> {
    this.layers.pop();
    return super.pop();
  }

  /** Puts more values in sight, until `pop`. */
  pushValues(values: Readonly<Record<string, unknown>>): void {
    this.push(Object.assign(emptyScope(), values));
  }

  /** Sets a variable where the template is now, as `{% trans … as name %}` does. */
  assign(name: string, value: unknown): void {
    const scope = this.layers.at(-1) ?? this.bottom();
    scope[name] = value;
  }
}

/** The context that a tag or filter was given. */
export function contextOf(context: Context): RenderContext {
  if (!(context instanceof RenderContext)) throw new TypeError('Only a RenderContext can render these templates');
  return context;
}
