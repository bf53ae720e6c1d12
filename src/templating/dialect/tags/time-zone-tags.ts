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

import { TimeZone } from '../../language/time-zone.js';
import { readValue, splitArguments, takeVariable } from '../arguments.js';
import { contextOf } from '../context.js';
import { parseBody } from '../template-parser.js';
import { textOf } from '../values.js';
import { put, type Rendering } from './rendering.js';

/** `{% timezone "Europe/Berlin" %} … {% endtimezone %}`; `None` is UTC. */
export class TimezoneTag extends Tag {
  private readonly zone: Value;
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const [zone, extra] = splitArguments(token.args);
    if (zone === undefined || extra !== undefined) throw new Error('{% timezone %} needs one time zone');
    this.zone = readValue(zone, liquid);
    this.nodes = parseBody(parser, token, remaining, ['endtimezone']).nodes;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const { zone: outer } = context;
    const name = textOf(yield this.zone.value(context));
    const zone = name === '' ? TimeZone.utc : TimeZone.named(name);
    if (zone === undefined) throw new Error('{% timezone %} needs a time zone such as "Europe/Berlin"');
    context.zone = zone;
    yield this.liquid.renderer.renderTemplates(this.nodes, context, emitter);
    context.zone = outer;
  }
}

/** `{% localtime off %} … {% endlocaltime %}`: whether times are written in the current time zone or in UTC. */
export class LocalTimeTag extends Tag {
  private readonly isOn: boolean;
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    if (!['', 'on', 'off'].includes(token.args.trim())) throw new Error('{% localtime %} needs on or off');
    this.isOn = token.args.trim() !== 'off';
    this.nodes = parseBody(parser, token, remaining, ['endlocaltime']).nodes;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const { usesLocalTime: outer } = context;
    context.usesLocalTime = this.isOn;
    yield this.liquid.renderer.renderTemplates(this.nodes, context, emitter);
    context.usesLocalTime = outer;
  }
}

/** `{% get_current_timezone as name %}` */
export class CurrentTimezoneTag extends Tag {
  private readonly variable: string;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    const variable = takeVariable(words);
    if (variable === undefined || words.length > 0) throw new Error('{% get_current_timezone %} must read: … as name');
    this.variable = variable;
  }

  override render(given: Context, emitter: Emitter): void {
    const context = contextOf(given);
    put(context.zone.name, this.variable, context, emitter);
  }
}
