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
import { literalOf, readValue, splitArguments, takeVariable } from '../arguments.js';
import { contextOf } from '../context.js';
import { parseBody, parserOf } from '../template-parser.js';
import { numberOf, SafeText } from '../values.js';
import { capture, put, type Rendering } from './rendering.js';

/** `{% now "j F Y" as name %}` */
export class NowTag extends Tag {
  private readonly format: string;
  private readonly variable: string | undefined;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    this.variable = takeVariable(words);
    const [format = '', extra] = words;
    const literal = extra === undefined ? literalOf(format) : undefined;
    if (literal === undefined) throw new Error('{% now %} needs a format in quotes');
    this.format = literal;
  }

  override render(given: Context, emitter: Emitter): void {
    const context = contextOf(given);
    const { now, formats } = context.rendering;
    put(formatDate(now, this.format, formats, context.zone), this.variable, context, emitter);
  }
}

/** `{% widthratio part whole 100 as name %}`: `part / whole * 100`, rounded. */
export class WidthRatioTag extends Tag {
  private readonly numbers: readonly Value[];
  private readonly variable: string | undefined;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    this.variable = takeVariable(words);
    if (words.length !== 3) throw new Error('{% widthratio %} must read: widthratio part whole width');
    this.numbers = words.map((word) => readValue(word, liquid));
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const numbers: (number | undefined)[] = [];
    for (const number of this.numbers) numbers.push(numberOf(yield number.value(context)));
    const [part, whole, width] = numbers;
    const isKnown = part !== undefined && whole !== undefined && width !== undefined;
    const ratio = isKnown && whole !== 0 ? Math.round((part / whole) * width) : 0;
    put(isKnown ? ratio : '', this.variable, context, emitter);
  }
}

/** `{% spaceless %} … {% endspaceless %}`: removes whitespace between HTML tags. */
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
    // The content is escaped already, as in Django.
    emitter.write(result);
  }
}

/**
 * `{% autoescape off %} … {% endautoescape %}`: no effect. Values are always escaped in HTML and never in text; only
 * `|safe` turns it off, visibly at the value.
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

/** `{% localize on %} … {% endlocalize %}`: no effect. */
export class NeutralTag extends Tag {
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    parserOf(parser).warn(token, `{% ${token.name} %} has no effect here`);
    this.nodes = parseBody(parser, token, remaining, [`end${token.name}`]).nodes;
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

/** `{% templatetag openblock %}`: the delimiters of tags. */
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

/** `{% comment %}`, with only its line breaks left. */
export class CommentTag extends Tag {
  override render(): void {
    // A comment.
  }
}
