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

import { emptyScope, type Scope } from '../../scope.js';
import { readValue, splitArguments, takeVariable, variableName } from '../arguments.js';
import { contextOf } from '../context.js';
import { parseBody, parserOf } from '../template-parser.js';
import { elementsOf, isEqual } from '../values.js';
import { capture, evaluateOne, type Rendering } from './rendering.js';

/** `{% for a, b in list reversed %} … {% empty %} … {% endfor %}` */
export class ForTag extends Tag {
  private readonly names: string[];
  private readonly list: Value;
  private readonly isReversed: boolean;
  private readonly body: Template[];
  private readonly otherwise: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const [, names = '', rest = ''] = /^([\w\s,]+)\sin\s(.*)$/s.exec(token.args) ?? [];
    const [list, reversed, extra] = splitArguments(rest);
    if (list === undefined || extra !== undefined || (reversed ?? 'reversed') !== 'reversed') {
      throw new Error('{% for %} must read: for name in list');
    }
    this.names = names.split(',').map((name) => variableName(name.trim()));
    this.list = readValue(list, liquid);
    this.isReversed = reversed !== undefined;
    const body = parseBody(parser, token, remaining, ['empty', 'endfor']);
    this.body = body.nodes;
    this.otherwise = body.end.name === 'empty' ? parseBody(parser, token, remaining, ['endfor']).nodes : [];
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const { renderer } = this.liquid;
    const elements = [...elementsOf(yield this.list.value(context))];
    if (this.isReversed) elements.reverse();
    if (elements.length === 0) yield renderer.renderTemplates(this.otherwise, context, emitter);
    const { loop: around, loopMemory } = context;
    context.loopMemory = new Map();
    for (const [index, element] of elements.entries()) {
      context.loop = positionIn(elements.length, index, around);
      context.pushValues({ ...this.unpack(element), forloop: context.loop });
      yield renderer.renderTemplates(this.body, context, emitter);
      context.pop();
    }
    context.loop = around;
    context.loopMemory = loopMemory;
  }

  private unpack(element: unknown): Record<string, unknown> {
    const [only = ''] = this.names;
    if (this.names.length === 1) return { [only]: element };
    const parts = isGroup(element) ? Object.values(element) : elementsOf(element);
    return Object.fromEntries(this.names.map((name, index) => [name, parts[index]]));
  }
}

/** `{% cycle 'odd' 'even' as name silent %}`: the next value each time; `{% cycle name %}` continues it elsewhere. */
export class CycleTag extends Tag {
  private readonly values: readonly Value[];
  private readonly variable: string | undefined;
  private readonly isSilent: boolean;
  /** The cycle that this tag continues. */
  private readonly owner: CycleTag;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, given: Parser) {
    super(token, remaining, liquid);
    const parser = parserOf(given);
    const words = splitArguments(token.args);
    const isSilent = words.at(-3) === 'as' && words.at(-1) === 'silent';
    if (isSilent) words.pop();
    const name = takeVariable(words);
    const [only] = words;
    if (only === undefined) throw new Error('{% cycle %} needs values');
    const owner = words.length === 1 ? parser.cycles.get(only) : undefined;
    this.owner = owner instanceof CycleTag ? owner : this;
    this.values = this.owner === this ? words.map((word) => readValue(word, liquid)) : this.owner.values;
    this.variable = name ?? (this.owner === this ? undefined : only);
    this.isSilent = isSilent || (this.owner !== this && this.owner.isSilent);
    if (name !== undefined) parser.cycles.set(name, this);
    parser.lastCycle = this.owner;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const turn = context.memory.get(this.owner) ?? 0;
    context.memory.set(this.owner, turn + 1);
    const value = this.values[turn % this.values.length];
    const result = value === undefined ? undefined : yield evaluateOne(value, context);
    if (this.variable !== undefined) context.assign(this.variable, result);
    if (!this.isSilent) emitter.write(context.written(result));
  }
}

/** `{% resetcycle name %}`: restarts a cycle, by default the last one above. */
export class ResetCycleTag extends Tag {
  private readonly cycle: object;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, given: Parser) {
    super(token, remaining, liquid);
    const { cycles, lastCycle } = parserOf(given);
    const cycle = token.args === '' ? lastCycle : cycles.get(token.args);
    if (cycle === undefined) throw new Error('there is no {% cycle %} above that {% resetcycle %} could mean');
    this.cycle = cycle;
  }

  override render(given: Context): void {
    contextOf(given).memory.delete(this.cycle);
  }
}

/** `{% ifchanged a b %} … {% else %} … {% endifchanged %}`: compares the values, or else the content, with the last ones. */
export class IfChangedTag extends Tag {
  private readonly values: readonly Value[];
  private readonly body: Template[];
  private readonly otherwise: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.values = splitArguments(token.args).map((word) => readValue(word, liquid));
    const body = parseBody(parser, token, remaining, ['else', 'endifchanged']);
    this.body = body.nodes;
    this.otherwise = body.end.name === 'else' ? parseBody(parser, token, remaining, ['endifchanged']).nodes : [];
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const content = this.values.length === 0 ? ((yield capture(this.body, context, this.liquid)) as string) : undefined;
    const now: unknown[] = content === undefined ? [] : [content];
    for (const value of this.values) now.push(yield value.value(context));
    const before = context.loopMemory.get(this);
    context.loopMemory.set(this, now);
    if (before !== undefined && isEqual(before, now)) {
      yield this.liquid.renderer.renderTemplates(this.otherwise, context, emitter);
    } else if (content !== undefined) {
      emitter.write(content);
    } else {
      yield this.liquid.renderer.renderTemplates(this.body, context, emitter);
    }
  }
}

/** `{% regroup people by team.name as teams %}`: groups adjacent equal values, as objects with `grouper` and `list`. */
export class RegroupTag extends Tag {
  private readonly list: Value;
  private readonly property: Value;
  private readonly variable: string;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    const name = takeVariable(words);
    const [list, by, property, extra] = words;
    if (list === undefined || by !== 'by' || property === undefined || extra !== undefined || name === undefined) {
      throw new Error('{% regroup %} must read: regroup list by property as name');
    }
    this.list = readValue(list, liquid);
    this.property = readValue(`element.${property}`, liquid);
    this.variable = name;
  }

  override *render(given: Context): Rendering {
    const context = contextOf(given);
    const groups: { grouper: unknown; list: unknown[] }[] = [];
    for (const element of elementsOf(yield this.list.value(context))) {
      context.pushValues({ element });
      const grouper = yield this.property.value(context);
      context.pop();
      const last = groups.at(-1);
      if (last !== undefined && isEqual(last.grouper, grouper)) last.list.push(element);
      else groups.push(groupOf(grouper, element));
    }
    context.assign(this.variable, groups);
  }
}

/** Groups made by `regroup`: the only objects that a loop unpacks by value, like Django's named tuples. */
const madeGroups = new WeakSet<object>();

function groupOf(grouper: unknown, first: unknown): { grouper: unknown; list: unknown[] } {
  const group = Object.assign(emptyScope(), { grouper, list: [first] });
  madeGroups.add(group);
  return group;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && madeGroups.has(value);
}

function positionIn(length: number, index: number, parentloop: Scope | null): Scope {
  return Object.assign(emptyScope(), {
    counter: index + 1,
    counter0: index,
    revcounter: length - index,
    revcounter0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
    parentloop,
  });
}
