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

/** Reads one template, and collects what its tags say about it. */
export class TemplateParser extends Parser {
  readonly blocks = new Map<string, BlockBody>();
  readonly messages: Message[] = [];
  readonly warnings = new Set<string>();
  /** Whether it extends another one. */
  extends = false;
  /** The cycles that have a name, and the one that was read last. */
  readonly cycles = new Map<string, object>();
  lastCycle: object | undefined;

  constructor(
    liquid: Liquid,
    readonly file: TemplateFile,
  ) {
    super(liquid);
  }

  /** As in LiquidJS, but `{{ … }}` holds exactly one value. */
  override parseToken(token: TopLevelToken, remaining: TopLevelToken[]): Node {
    const node = super.parseToken(token, remaining);
    if (node instanceof Output && node.value.initial.postfix.length !== 1) {
      throw new ParseError(new Error(`one value is expected, not "${node.token.content}"`), token);
    }
    return node;
  }

  /** Tells the author of the template something that is no error. */
  warn(token: TagToken, message: string): void {
    this.warnings.add(`${this.file.name}, line ${token.getPosition()[0] ?? 1}: ${message}`);
  }
}

/** The parser that a tag was given. */
export function parserOf(parser: Parser): TemplateParser {
  if (!(parser instanceof TemplateParser)) throw new TypeError('Only a TemplateParser can read these tags');
  return parser;
}

/**
 * Reads what is inside of a tag, up to the first of the tags that can end it. The tokens are taken from the list.
 *
 * @throws Error if none of them comes
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
