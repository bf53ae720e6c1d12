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

import { readBindings, readValue, splitArguments, takeVariable } from '../arguments.js';
import { type Condition, readCondition } from '../condition.js';
import { contextOf } from '../context.js';
import { parseBody } from '../template-parser.js';
import { isTruthy } from '../values.js';
import { evaluate, evaluateOne, put, type Rendering } from './rendering.js';

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

/** `{% firstof a b "none" as name %}`: the first true value. */
export class FirstOfTag extends Tag {
  private readonly values: Value[];
  private readonly variable: string | undefined;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    this.variable = takeVariable(words);
    if (words.length === 0) throw new Error('{% firstof %} needs a value');
    this.values = words.map((word) => readValue(word, liquid));
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    for (const value of this.values) {
      const found = yield evaluateOne(value, context);
      if (!isTruthy(found)) continue;
      put(found, this.variable, context, emitter);
      return;
    }
  }
}
