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
import { isLiteral, readBindings, readValue, splitArguments, variableName } from '../arguments.js';
import { type Condition, readCondition } from '../condition.js';
import { contextOf, type RenderContext } from '../context.js';
import { parseBody } from '../template-parser.js';
import { elementsOf, isTruthy, SafeText, textOf } from '../values.js';

type Rendering = Generator<unknown, void, unknown>;

/** `{% if %} … {% elif %} … {% else %} … {% endif %}` */
export class IfTag extends Tag {
  private readonly branches: { condition: Condition | undefined; nodes: Template[] }[] = [];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    let opener = token;
    for (;;) {
      const isLast = opener.name === 'else';
      const condition = isLast ? undefined : readCondition(opener.args, liquid);
      const { nodes, end } = parseBody(parser, token, remaining, isLast ? ['endif'] : ['elif', 'else', 'endif']);
      this.branches.push({ condition, nodes });
      if (end.name === 'endif') return;
      opener = end;
    }
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    for (const { condition, nodes } of this.branches) {
      if (condition === undefined || isTruthy(yield condition(context))) {
        yield this.liquid.renderer.renderTemplates(nodes, context, emitter);
        return;
      }
    }
  }
}

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
    const around = context.loop;
    for (const [index, element] of elements.entries()) {
      context.loop = positionIn(elements.length, index, around);
      context.pushValues({ ...this.unpack(element), forloop: context.loop });
      yield renderer.renderTemplates(this.body, context, emitter);
      context.pop();
    }
    context.loop = around;
  }

  private unpack(element: unknown): Record<string, unknown> {
    const [only = ''] = this.names;
    if (this.names.length === 1) return { [only]: element };
    const parts = elementsOf(element);
    return Object.fromEntries(this.names.map((name, index) => [name, parts[index]]));
  }
}

/** `{% with a=b %} … {% endwith %}` */
export class WithTag extends Tag {
  private readonly bindings: ReadonlyMap<string, Value>;
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    this.bindings = readBindings(words, liquid);
    if (this.bindings.size === 0 || words.length > 0) throw new Error('{% with %} must read: with name=value');
    this.nodes = parseBody(parser, token, remaining, ['endwith']).nodes;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    context.pushValues((yield evaluate(this.bindings, context)) as Record<string, unknown>);
    yield this.liquid.renderer.renderTemplates(this.nodes, context, emitter);
    context.pop();
  }
}

/** `{% firstof a b "none" as name %}`: the first that is true. */
export class FirstOfTag extends Tag {
  private readonly values: Value[];
  private readonly variable: string | undefined;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    if (words.at(-2) === 'as') this.variable = variableName(words.splice(-2)[1]);
    if (words.length === 0) throw new Error('{% firstof %} needs a value');
    this.values = words.map((word) => readValue(word, liquid));
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    for (const value of this.values) {
      const found = yield evaluateOne(value, context);
      if (!isTruthy(found)) continue;
      if (this.variable !== undefined) context.assign(this.variable, found);
      else emitter.write(context.written(found));
      return;
    }
  }
}

/** `{% cycle 'odd' 'even' %}`: another one each time. */
export class CycleTag extends Tag {
  private readonly values: Value[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    if (words.length === 0) throw new Error('{% cycle %} needs values');
    this.values = words.map((word) => readValue(word, liquid));
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const turn = context.memory.get(this) ?? 0;
    context.memory.set(this, turn + 1);
    const value = this.values[turn % this.values.length];
    if (value !== undefined) emitter.write(context.written(yield evaluateOne(value, context)));
  }
}

/** Evaluates bindings where they stand. */
export function* evaluate(
  bindings: ReadonlyMap<string, Value>,
  context: RenderContext,
): Generator<unknown, Record<string, unknown>, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of bindings) values[name] = yield value.value(context);
  return values;
}

/** The value; what the author wrote in quotes is as safe as the rest of the template. */
function* evaluateOne(value: Value, context: RenderContext): Generator<unknown, unknown, unknown> {
  const result = yield value.value(context);
  return isLiteral(value) ? new SafeText(textOf(result)) : result;
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
