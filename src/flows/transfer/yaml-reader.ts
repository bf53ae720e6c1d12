import {
  Composer,
  type Document,
  isAlias,
  isMap as isYamlMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';

import { parseJson } from '../../rest/http/request-body.js';
import { BlueprintError } from './blueprint-error.js';
import { limits } from './limits.js';
import { isMap, type Lines, Tag, type Tree, type TreeMap } from './tree.js';

/** The tags of authentik 2024.12, except `!File`: an import must not read files of the server. */
const tagNames = [
  ...['!AtIndex', '!Condition', '!Context', '!Enumerate', '!Env', '!Find', '!Format', '!If', '!Index', '!KeyOf'],
  '!Value',
];

/** Standard tags of plain values. Tags that would construct other objects are refused. */
const plainTags = ['str', 'int', 'float', 'bool', 'null', 'seq', 'map'].map((name) => `tag:yaml.org,2002:${name}`);

/** Parses the text of a blueprint, YAML or JSON. */
export function readTree(bytes: Uint8Array): { tree: Tree; lines: Lines } {
  const text = textOf(bytes);
  return readJson(text) ?? new YamlReader(text).read();
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > limits.file) throw new BlueprintError(`The file is larger than ${limits.file} bytes.`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BlueprintError('The file is not valid UTF-8.');
  }
  if (/[^\P{Cc}\t\n\r\x85]/u.test(text)) throw new BlueprintError('The file contains control characters.');
  if (text.trim() === '') throw new BlueprintError('The file is empty.');
  return text;
}

/** JSON is nearly a subset of YAML, and much faster to parse. */
function readJson(text: string): { tree: Tree; lines: Lines } | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return { tree: parseJson(Buffer.from(text)) as Tree, lines: new WeakMap() };
  } catch {
    return undefined;
  }
}

/** The value of an anchor, and its number of values. */
interface Anchored {
  readonly tree: Tree;
  readonly values: number;
}

/** Parses one document of YAML 1.1, as authentik does, into plain values only. */
class YamlReader {
  private readonly lines: Lines = new WeakMap();
  private readonly newLines = new LineCounter();
  private readonly anchors = new Map<string, Anchored>();
  private values = 0;

  constructor(private readonly text: string) {}

  read(): { tree: Tree; lines: Lines } {
    const { contents } = this.document();
    return { tree: contents === null ? null : this.tree(contents), lines: this.lines };
  }

  private document(): Document.Parsed {
    const parser = new Parser(this.newLines.addNewLine);
    this.newLines.addNewLine(0);
    const tokens = [];
    let tokenCount = 0;
    for (const piece of new Lexer().lex(this.text)) {
      tokenCount += 1;
      if (tokenCount > limits.tokens) throw new BlueprintError(`The file has more than ${limits.tokens} tokens.`);
      for (const token of parser.next(piece)) tokens.push(token);
      if (parser.stack.length > limits.depth) throw this.error('This is nested too deeply.', parser.offset);
    }
    for (const token of parser.end()) tokens.push(token);
    // No check for unique keys: it is slow for many keys, and authentik also uses the last of two equal keys.
    const composer = new Composer({ version: '1.1', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
    const [document, another] = composer.compose(tokens, true, this.text.length);
    if (document === undefined) throw new BlueprintError('The file is empty.');
    if (another !== undefined) throw this.error('There is more than one document.', another.range[0]);
    const [wrong] = document.errors;
    // The text after the colon quotes the file, which may contain secrets.
    if (wrong !== undefined) throw this.error(wrong.message.replace(/: .*$/s, '.'), wrong.pos[0]);
    return document;
  }

  private tree(node: Node): Tree {
    this.values += 1;
    const before = this.values;
    if (isAlias(node)) return this.alias(node.source, node);
    const tree = this.tagged(node);
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, { tree, values: this.values - before + 1 });
    return tree;
  }

  /** Counts all values of the anchor: nested aliases can expand a few lines to billions of values. */
  private alias(name: string, node: Node): Tree {
    const anchored = this.anchors.get(name);
    if (anchored === undefined)
      throw this.error(`The alias ${name.slice(0, 60)} has no earlier anchor.`, offsetOf(node));
    this.values += anchored.values;
    if (this.values > limits.values)
      throw this.error('The file is too large after expansion of aliases.', offsetOf(node));
    return anchored.tree;
  }

  private tagged(node: Node): Tree {
    const { tag } = node as { tag?: string };
    if (tag === undefined || plainTags.includes(tag)) return this.plain(node);
    if (!tagNames.includes(tag)) throw this.error(`Unknown tag ${tag.slice(0, 60)}.`, offsetOf(node));
    const line = this.lineAt(offsetOf(node));
    if (isSeq<Node>(node))
      return new Tag(
        tag,
        node.items.map((item) => this.tree(item)),
        line,
      );
    if (isScalar(node)) return new Tag(tag, node.source ?? '', line);
    throw this.error(`The tag ${tag} takes a string or a list.`, offsetOf(node));
  }

  private plain(node: Node): Tree {
    if (isSeq<Node>(node)) return node.items.map((item) => this.tree(item));
    if (isYamlMap<Node, Node | null>(node)) return this.map(node);
    return this.scalar(node as Scalar);
  }

  private scalar({ value, source = '', range }: Scalar): Tree {
    // PyYAML, which authentik uses, reads these as strings, unlike YAML 1.1.
    if (/^([yYnN]|[-+]?[\d_]+[eE][-+\d]+)$/.test(source)) return source;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    // A date stays a string; date fields parse it.
    if (value instanceof Date) return source;
    throw this.error('Values of this type are not supported.', range?.[0] ?? 0);
  }

  private map(node: YAMLMap<Node, Node | null>): TreeMap {
    const merged: [string, Tree][] = [];
    const own: [string, Tree][] = [];
    for (const pair of node.items) {
      const value = pair.value === null ? null : this.tree(pair.value);
      if (isMerge(pair)) merged.push(...this.merged(value, pair.key));
      else own.push([this.key(pair.key), value]);
    }
    const map = Object.fromEntries([...merged, ...own]);
    this.lines.set(map, this.lineAt(offsetOf(node)));
    return map;
  }

  private key(node: Node): string {
    this.values += 1;
    if (!isScalar(node) || node.tag?.startsWith('!')) throw this.error('A key must be a scalar.', offsetOf(node));
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  /** `<<: *base`, or a list of aliases, of which the first takes precedence. */
  private merged(value: Tree, key: Node): [string, Tree][] {
    const maps: readonly Tree[] = Array.isArray(value) ? (value as readonly Tree[]) : [value];
    return maps.toReversed().flatMap((map) => {
      if (!isMap(map)) throw this.error('Only mappings can be merged.', offsetOf(key));
      return Object.entries(map);
    });
  }

  private error(message: string, offset: number): BlueprintError {
    return new BlueprintError(message, this.lineAt(offset));
  }

  private lineAt(offset: number): number {
    return this.newLines.linePos(offset).line;
  }
}

function isMerge({ key }: Pair<Node>): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
