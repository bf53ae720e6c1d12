import {
  type Context,
  type Emitter,
  type Liquid,
  type Parser,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
  type Value,
} from 'liquidjs';

import { limits } from '../../limits.js';
import type { TemplateFile } from '../../template-files.js';
import { isLiteral, readBindings, readValue, splitArguments } from '../arguments.js';
import { BoundedEmitter } from '../bounded-emitter.js';
import type { CompiledTemplate } from '../compiled-template.js';
import { type BlockBody, BlockParent, contextOf, type RenderContext } from '../context.js';
import { parseBody, parserOf } from '../template-parser.js';
import { SafeText, textOf } from '../values.js';
import { evaluate, type Rendering } from './rendering.js';

/** `{% extends "email/base.html" %}`: renders that template with the blocks of this one. */
export class ExtendsTag extends Tag {
  private readonly parent: Value;
  private readonly file: TemplateFile;
  private readonly blocks: ReadonlyMap<string, BlockBody>;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, given: Parser) {
    super(token, remaining, liquid);
    const parser = parserOf(given);
    if (parser.extends) throw new Error('a template can extend only one other');
    parser.extends = true;
    this.parent = readValue(token.args, liquid);
    this.file = parser.file;
    // Content outside of blocks is parsed, to find mistakes, but never rendered.
    parser.parseTokens(remaining);
    this.blocks = parser.blocks;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    addBlocks(context, this.blocks);
    context.lineage = [...context.lineage, this.file];
    const parent = (yield open(context, this.parent, this.file, context.lineage)) as CompiledTemplate;
    if (!parent.extends) addBlocks(context, parent.blocks);
    yield this.liquid.renderer.renderTemplates(parent.nodes, context, emitter);
    context.depth -= 1;
  }
}

/** `{% block name %} … {% endblock %}` */
export class BlockTag extends Tag implements BlockBody {
  readonly nodes: Template[];
  private readonly block: string;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, given: Parser) {
    super(token, remaining, liquid);
    const [name, extra] = splitArguments(token.args);
    if (name === undefined || extra !== undefined) throw new Error('{% block %} needs one name');
    this.block = name;
    const { blocks } = parserOf(given);
    if (blocks.has(name)) throw new Error(`there are two blocks "${name}"`);
    // Registered before its nested blocks are parsed.
    blocks.set(name, this);
    this.nodes = parseBody(given, token, remaining, ['endblock']).nodes;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const heirs = context.blocks.get(this.block) ?? [];
    yield this.renderGeneration(heirs.includes(this) ? heirs : [this], 0, context, emitter);
  }

  private *renderGeneration(
    generations: readonly BlockBody[],
    index: number,
    context: RenderContext,
    emitter: Emitter,
  ): Rendering {
    const { liquid } = this;
    const renderParent = function* (this: BlockTag): Generator<unknown, SafeText, unknown> {
      const parent = new BoundedEmitter(context.rendering.budget);
      if (index + 1 < generations.length) yield this.renderGeneration(generations, index + 1, context, parent);
      return new SafeText(parent.buffer);
    };
    // Overridden blocks can contain each other.
    if (context.blockDepth >= limits.depth) throw new Error(`blocks are nested more than ${limits.depth} deep`);
    context.blockDepth += 1;
    context.pushValues({ block: new BlockParent(renderParent.bind(this)) });
    yield liquid.renderer.renderTemplates(generations[index]?.nodes ?? [], context, emitter);
    context.pop();
    context.blockDepth -= 1;
  }
}

/** `{% include "part.html" with a=b only %}` */
export class IncludeTag extends Tag {
  private readonly template: Value;
  private readonly bindings: ReadonlyMap<string, Value> = new Map<string, Value>();
  private readonly isIsolated: boolean = false;
  private readonly file: TemplateFile;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const [template, ...words] = splitArguments(token.args);
    if (template === undefined) throw new Error('{% include %} needs a template');
    this.template = readValue(template, liquid);
    this.file = parserOf(parser).file;
    while (words.length > 0) {
      const word = words.shift();
      if (word === 'with') this.bindings = readBindings(words, liquid);
      else if (word === 'only') this.isIsolated = true;
      else throw new Error(`{% include %} does not know "${word ?? ''}"`);
    }
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const values = (yield evaluate(this.bindings, context)) as Record<string, unknown>;
    const included = (yield open(context, this.template, this.file)) as CompiledTemplate;
    const { blocks, lineage } = context;
    const inner = this.isIsolated ? context.isolated() : context;
    inner.blocks = new Map();
    inner.lineage = [];
    inner.depth = context.depth;
    inner.pushValues(values);
    yield this.liquid.renderer.renderTemplates(included.nodes, inner, emitter);
    inner.pop();
    context.blocks = blocks;
    context.lineage = lineage;
    context.depth -= 1;
  }
}

/** Adds the blocks after those of the templates that override them. */
function addBlocks(context: RenderContext, blocks: ReadonlyMap<string, BlockBody>): void {
  for (const [name, block] of blocks) context.blocks.set(name, [...(context.blocks.get(name) ?? []), block]);
}

/** Renders a nested template. */
function* open(
  context: RenderContext,
  template: Value,
  from: TemplateFile,
  except: readonly TemplateFile[] = [],
): Generator<unknown, CompiledTemplate, unknown> {
  const { load } = context.rendering;
  const path = textOf(yield template.value(context));
  if (context.depth >= limits.depth) throw new Error(`templates include each other more than ${limits.depth} deep`);
  context.depth += 1;
  try {
    return (yield load(path, from, except)) as CompiledTemplate;
  } catch (error) {
    // The name may come from a variable: data never appears in messages.
    if (isLiteral(template) || (error instanceof Error && 'syscall' in error)) throw error;
    throw new Error('the template that the variable names cannot be used', { cause: error });
  }
}
