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

import { formatDate } from '../../language/date-format.js';
import { literalOf, readValue, splitArguments, variableName } from '../arguments.js';
import { BoundedEmitter } from '../bounded-emitter.js';
import { contextOf, type RenderContext } from '../context.js';
import { parseBody, parserOf } from '../template-parser.js';
import { SafeText } from '../values.js';

type Rendering = Generator<unknown, void, unknown>;

/** `{% now "j F Y" as name %}` */
export class NowTag extends Tag {
  private readonly format: string;
  private readonly variable: string | undefined;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const [format = '', as, name] = splitArguments(token.args);
    const literal = literalOf(format);
    if (literal === undefined) throw new Error('{% now %} needs a format in quotes');
    this.format = literal;
    if (as !== undefined) this.variable = variableName(name);
  }

  override render(given: Context, emitter: Emitter): void {
    const context = contextOf(given);
    const { now, formats } = context.rendering;
    const text = formatDate(now, this.format, formats);
    if (this.variable !== undefined) context.assign(this.variable, text);
    else emitter.write(context.written(text));
  }
}

/** `{% spaceless %} … {% endspaceless %}`: without blanks between HTML tags. */
export class SpacelessTag extends Tag {
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.nodes = parseBody(parser, token, remaining, ['endspaceless']).nodes;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const text = (yield capture(this.nodes, contextOf(given), this.liquid)) as string;
    emitter.write(text.trim().replace(/>\s+</g, '><'));
  }
}

/** `{% filter upper|escape %} … {% endfilter %}` */
export class FilterTag extends Tag {
  private readonly filtered: Value;
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.filtered = readValue(`filtered|${token.args}`, liquid);
    this.nodes = parseBody(parser, token, remaining, ['endfilter']).nodes;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const text = (yield capture(this.nodes, context, this.liquid)) as string;
    context.pushValues({ filtered: new SafeText(text) });
    const result = yield this.filtered.value(context);
    context.pop();
    // What was escaped inside is not escaped again, as in Django.
    emitter.write(result);
  }
}

/**
 * `{% autoescape off %} … {% endautoescape %}`: changes nothing. Values are always escaped in HTML and never in text;
 * the one way out is `|safe`, which is seen where it counts.
 */
export class AutoescapeTag extends Tag {
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, given: Parser) {
    super(token, remaining, liquid);
    if (token.args !== 'on' && token.args !== 'off') throw new Error('{% autoescape %} needs on or off');
    const parser = parserOf(given);
    if (token.args === 'off' && !parser.file.name.endsWith('.txt')) {
      parser.warn(token, '{% autoescape off %} has no effect in HTML; use |safe on the values that are HTML');
    }
    this.nodes = parseBody(parser, token, remaining, ['endautoescape']).nodes;
  }

  override *render(context: Context, emitter: Emitter): Rendering {
    yield this.liquid.renderer.renderTemplates(this.nodes, context, emitter);
  }
}

const marks: Readonly<Record<string, string>> = {
  openblock: '{%',
  closeblock: '%}',
  openvariable: '{{',
  closevariable: '}}',
  openbrace: '{',
  closebrace: '}',
  opencomment: '{#',
  closecomment: '#}',
};

/** `{% templatetag openblock %}`: the marks that templates are made of. */
export class TemplateTagTag extends Tag {
  private readonly mark: string;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const mark = Object.hasOwn(marks, token.args) ? marks[token.args] : undefined;
    if (mark === undefined) throw new Error(`{% templatetag %} does not know "${token.args}"`);
    this.mark = mark;
  }

  override render(_context: Context, emitter: Emitter): void {
    emitter.write(this.mark);
  }
}

/** `{% comment %}`, of which only the line breaks are left. */
export class CommentTag extends Tag {
  override render(): void {
    // A comment.
  }
}

/** Renders into a text of its own. */
function* capture(nodes: Template[], context: RenderContext, liquid: Liquid): Generator<unknown, string, unknown> {
  const emitter = new BoundedEmitter(context.rendering.budget);
  yield liquid.renderer.renderTemplates(nodes, context, emitter);
  return emitter.buffer;
}
