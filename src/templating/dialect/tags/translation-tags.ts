import {
  type Context,
  type Emitter,
  type Liquid,
  type Parser,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
  TypeGuards,
  type Value,
} from 'liquidjs';

import type { Catalog, Message } from '../../language/catalog.js';
import { directionOf, languageValues, negotiateLanguage } from '../../language/locale.js';
import { TimeFormats } from '../../language/time-formats.js';
import { literalOf, readBindings, readValue, splitArguments, splitFilters, variableName } from '../arguments.js';
import { contextOf, type RenderContext } from '../context.js';
import { parseBody, parserOf } from '../template-parser.js';
import { numberOf, SafeText, textOf } from '../values.js';
import { evaluate, put, type Rendering } from './rendering.js';

/** `{% trans "text"|filter context "what it is about" as name %}`, also `translate`, also of a variable. */
export class TransTag extends Tag {
  private readonly message: Message | undefined;
  private readonly value: Value;
  private readonly filtered: Value | undefined;
  private readonly isTranslated: boolean;
  private readonly variable: string | undefined;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    const text = words.shift();
    if (text === undefined) throw new Error(`{% ${token.name} %} needs a text`);
    const { valued, flags } = readOptions(words, { as: variableName, context: requireLiteral }, ['noop']);
    // Filters apply after translation, as in Django.
    const [operand, filters] = splitFilters(text);
    const id = literalOf(operand);
    const { context } = valued;
    this.message = id === undefined ? undefined : { id, ...(context !== undefined && { context }) };
    if (this.message !== undefined) parserOf(parser).messages.push(this.message);
    this.value = readValue(operand, liquid);
    if (filters !== '') this.filtered = readValue(`translated${filters}`, liquid);
    this.isTranslated = !flags.has('noop');
    this.variable = valued.as;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    let result: unknown = this.translated(yield this.value.value(context), context);
    if (this.filtered !== undefined) {
      context.pushValues({ translated: result });
      result = yield this.filtered.value(context);
      context.pop();
    }
    put(result, this.variable, context, emitter);
  }

  private translated(value: unknown, { rendering: { catalog, formats } }: RenderContext): string | SafeText {
    const message = this.message ?? { id: textOf(value, formats) };
    const text = this.isTranslated && message.id !== '' ? catalog.translate(message) : message.id;
    return this.message !== undefined || value instanceof SafeText ? new SafeText(text) : text;
  }
}

/** `{% blocktrans with a=b count n=list|length trimmed %}One{% plural %}{{ n }} things{% endblocktrans %}` */
export class BlockTransTag extends Tag {
  private readonly message: Message;
  private readonly placeholders: ReadonlyMap<string, Value>;
  private readonly bindings: ReadonlyMap<string, Value>;
  private count: { readonly name: string; readonly value: Value } | undefined;
  private readonly variable: string | undefined;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const words = splitArguments(token.args);
    const bindings = new Map<string, Value>();
    const readCount = (word: string | undefined): string => {
      words.unshift(word ?? '');
      const [counted] = readBindings(words, liquid);
      if (counted === undefined) throw new Error('count must read: count name=value');
      this.count = { name: counted[0], value: counted[1] };
      return counted[0];
    };
    const readWith = (word: string | undefined): string => {
      words.unshift(word ?? '');
      for (const [name, value] of readBindings(words, liquid)) bindings.set(name, value);
      return '';
    };
    const readers = { with: readWith, count: readCount, context: requireLiteral, asvar: variableName };
    const { valued, flags } = readOptions(words, readers, ['trimmed']);
    this.bindings = bindings;
    this.variable = valued['asvar'];
    const body = readBody(token, remaining, flags.has('trimmed'), liquid);
    if (body.plural !== undefined && this.count === undefined) throw new Error('{% plural %} needs count');
    this.placeholders = body.placeholders;
    const { context } = valued;
    this.message = {
      id: body.id,
      ...(this.count !== undefined && { plural: body.plural ?? body.id }),
      ...(context !== undefined && { context }),
    };
    parserOf(parser).messages.push(this.message);
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const values = (yield evaluate(this.bindings, context)) as Record<string, unknown>;
    const count = this.count === undefined ? undefined : yield this.count.value.value(context);
    context.pushValues(this.count === undefined ? values : { ...values, [this.count.name]: count });
    const written = new Map<string, string>();
    for (const [name, value] of this.placeholders) written.set(name, context.written(yield value.value(context)));
    context.pop();
    const text = this.translation(context, numberOf(count) ?? 0).replace(
      /%(?:%|\(([^)]*)\)s)/g,
      (match, name: string | undefined) => (name === undefined ? '%' : (written.get(name) ?? match)),
    );
    put(new SafeText(text), this.variable, context, emitter);
  }

  private translation({ rendering: { catalog } }: RenderContext, count: number): string {
    const { plural } = this.message;
    return plural === undefined
      ? catalog.translate(this.message)
      : catalog.translatePlural({ ...this.message, plural }, count);
  }
}

/** `{% get_current_language as LANGUAGE_CODE %}` and `{% get_current_language_bidi as LANGUAGE_BIDI %}` */
export class CurrentLanguageTag extends Tag {
  private readonly variable: string;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const [as, name, extra] = splitArguments(token.args);
    if (as !== 'as' || extra !== undefined) throw new Error(`{% ${token.name} %} must read: ${token.name} as name`);
    this.variable = variableName(name);
  }

  override render(given: Context): void {
    const context = contextOf(given);
    const { locale } = context.rendering.catalog;
    const isBidi = this.name === 'get_current_language_bidi';
    context.assign(this.variable, isBidi ? directionOf(locale) === 'rtl' : locale.toLowerCase());
  }
}

/** `{% language 'de' %} … {% endlanguage %}`: content in another language, or the best match available. */
export class LanguageTag extends Tag {
  private readonly language: Value;
  private readonly nodes: Template[];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.language = readValue(token.args, liquid);
    this.nodes = parseBody(parser, token, remaining, ['endlanguage']).nodes;
  }

  override *render(given: Context, emitter: Emitter): Rendering {
    const context = contextOf(given);
    const { rendering } = context;
    const wanted = textOf(yield this.language.value(context));
    const language = negotiateLanguage([wanted], rendering.catalog.locale);
    const catalog = (yield rendering.catalogs.get(language)) as Catalog;
    context.rendering = { ...rendering, catalog, formats: TimeFormats.of(language) };
    context.pushValues(languageValues(language));
    yield this.liquid.renderer.renderTemplates(this.nodes, context, emitter);
    context.pop();
    context.rendering = rendering;
  }
}

type Reader = (word: string | undefined) => string;

/** Parses options in any order: flags, and names followed by a value. */
function readOptions<Name extends string>(
  words: string[],
  readers: Readonly<Record<Name, Reader>>,
  flags: readonly string[],
): { valued: Readonly<Partial<Record<Name, string>>>; flags: ReadonlySet<string> } {
  const valued: Partial<Record<Name, string>> = {};
  const given = new Set<string>();
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (flags.includes(word)) given.add(word);
    else if (Object.hasOwn(readers, word)) valued[word as Name] = readers[word as Name](words.shift());
    else throw new Error(`"${word}" is not known here`);
  }
  return { valued, flags: given };
}

function requireLiteral(word: string | undefined): string {
  const literal = word === undefined ? undefined : literalOf(word);
  if (literal === undefined) throw new Error(`a text in quotes is expected, not "${word ?? ''}"`);
  return literal;
}

/** Returns the message of the body: its text with `%(name)s` for each value (gettext's python-format, as in Django). */
function readBody(
  opener: TagToken,
  remaining: TopLevelToken[],
  isTrimmed: boolean,
  liquid: Liquid,
): { id: string; plural: string | undefined; placeholders: Map<string, Value> } {
  const forms = [''];
  const placeholders = new Map<string, Value>();
  const tidy = (text: string): string => (isTrimmed ? trimLines(text) : text);
  for (let token = remaining.shift(); token !== undefined; token = remaining.shift()) {
    if (TypeGuards.isTagToken(token)) {
      if (token.name === 'plural' && forms.length === 1) {
        forms.push('');
      } else if (token.name === `end${opener.name}`) {
        const [id = '', plural] = forms.map(tidy);
        return { id, plural, placeholders };
      } else if (token.name !== 'comment') {
        throw new Error(`{% ${token.name} %} cannot stand in {% ${opener.name} %}`);
      }
    } else if (TypeGuards.isHTMLToken(token)) {
      forms.push((forms.pop() ?? '') + token.getContent().replaceAll('%', '%%'));
    } else {
      placeholders.set(token.content, readValue(token.content, liquid));
      forms.push(`${forms.pop() ?? ''}%(${token.content})s`);
    }
  }
  throw new Error(`{% ${opener.name} %} is not closed by {% end${opener.name} %}`);
}

function trimLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}
