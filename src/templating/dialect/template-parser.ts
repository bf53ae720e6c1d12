import {
  type Liquid,
  Output,
  ParseError,
  Parser,
  type TagToken,
  type Template,
  type TopLevelToken,
  TypeGuards,
} from 'liquidjs';

import type { Message } from '../language/catalog.js';
import type { TemplateFile } from '../template-files.js';
import type { BlockBody } from './context.js';

type Node = ReturnType<Parser['parseToken']>;

/** Parses one template, and collects its blocks, messages and warnings. */
export class TemplateParser extends Parser {
  readonly blocks = new Map<string, BlockBody>();
  readonly messages: Message[] = [];
  readonly warnings = new Set<string>();
  /** Whether it extends another template. */
  extends = false;
  /** Named cycles, and the last one parsed. */
  readonly cycles = new Map<string, object>();
  lastCycle: object | undefined;

  constructor(
    liquid: Liquid,
    readonly file: TemplateFile,
  ) {
    super(liquid);
  }

  /** Like LiquidJS, but `{{ … }}` must hold exactly one value. */
  override parseToken(token: TopLevelToken, remaining: TopLevelToken[]): Node {
    const node = super.parseToken(token, remaining);
    if (node instanceof Output && node.value.initial.postfix.length !== 1) {
      throw new ParseError(new Error(`one value is expected, not "${node.token.content}"`), token);
    }
    return node;
  }

  /** Adds a warning for the author of the template. */
  warn(token: TagToken, message: string): void {
    this.warnings.add(`${this.file.name}, line ${token.getPosition()[0] ?? 1}: ${message}`);
  }
}

/** Narrows the parser of a tag. @throws TypeError if it is not a TemplateParser */
export function parserOf(parser: Parser): TemplateParser {
  if (!(parser instanceof TemplateParser)) throw new TypeError('Only a TemplateParser can read these tags');
  return parser;
}

/**
 * Parses the content of a tag up to one of its end tags, and removes its tokens from the list.
 *
 * @throws Error if there is no end tag
 */
export function parseBody(
  parser: Parser,
  opener: TagToken,
  remaining: TopLevelToken[],
  ends: readonly string[],
): { nodes: Template[]; end: TagToken } {
  const nodes: Template[] = [];
  for (let token = remaining.shift(); token !== undefined; token = remaining.shift()) {
    if (TypeGuards.isTagToken(token) && ends.includes(token.name)) return { nodes, end: token };
    nodes.push(parser.parseToken(token, remaining));
  }
  throw new Error(`{% ${opener.name} %} is not closed by {% ${ends.at(-1) ?? ''} %}`);
}
