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

/** The tags of authentik 2024.12. `!File` is known to it too; nothing here reads files of the server. */
const tagNames = [
  ...['!AtIndex', '!Condition', '!Context', '!Enumerate', '!Env', '!Find', '!Format', '!If', '!Index', '!KeyOf'],
  '!Value',
];

/** What YAML itself may call a plain value. Whatever would build something else is refused. */
const plainTags = ['str', 'int', 'float', 'bool', 'null', 'seq', 'map'].map((name) => `tag:yaml.org,2002:${name}`);

/** Reads the text of a blueprint, YAML or JSON. */
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
    throw new BlueprintError('The file is no text in UTF-8.');
  }
  if (/[^\P{Cc}\t\n\r\x85]/u.test(text)) throw new BlueprintError('The file holds characters that no text has.');
  if (text.trim() === '') throw new BlueprintError('The file is empty.');
  return text;
}

/** JSON is YAML too, but for a few cases, and much faster to read. */
function readJson(text: string): { tree: Tree; lines: Lines } | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return { tree: parseJson(Buffer.from(text)) as Tree, lines: new WeakMap() };
  } catch {
    return undefined;
  }
}

/** What an anchor stands for, and how many values that are. */
interface Anchored {
  readonly tree: Tree;
  readonly values: number;
}

/** Reads one document of YAML 1.1, which is what authentik reads, without building anything but plain values. */
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
    let pieces = 0;
    for (const piece of new Lexer().lex(this.text)) {
      pieces += 1;
      if (pieces > limits.pieces) throw new BlueprintError(`The file has more than ${limits.pieces} words and marks.`);
      for (const token of parser.next(piece)) tokens.push(token);
      if (parser.stack.length > limits.depth) throw this.error('This is nested too deeply.', parser.offset);
    }
    for (const token of parser.end()) tokens.push(token);
    // Unique keys are not asked for: the check takes long for many keys, and of two authentik takes the last one too.
    const composer = new Composer({ version: '1.1', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
    const [document, another] = composer.compose(tokens, true, this.text.length);
    if (document === undefined) throw new BlueprintError('The file is empty.');
    if (another !== undefined) throw this.error('There is more than one document.', another.range[0]);
    const [wrong] = document.errors;
    // What follows a colon is a piece of the file, which may be a secret.
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

  /** An alias stands for all the values of its anchor: a few lines can stand for billions. */
  private alias(name: string, node: Node): Tree {
    const anchored = this.anchors.get(name);
    if (anchored === undefined)
      throw this.error(`The alias ${name.slice(0, 60)} stands for nothing that comes before it.`, offsetOf(node));
    this.values += anchored.values;
    if (this.values > limits.values) throw this.error('Aliases make this too large.', offsetOf(node));
    return anchored.tree;
  }

  private tagged(node: Node): Tree {
    const { tag } = node as { tag?: string };
    if (tag === undefined || plainTags.includes(tag)) return this.plain(node);
    if (!tagNames.includes(tag)) throw this.error(`The tag ${tag.slice(0, 60)} is not known.`, offsetOf(node));
    const line = this.lineAt(offsetOf(node));
    if (isSeq<Node>(node))
      return new Tag(
        tag,
        node.items.map((item) => this.tree(item)),
        line,
      );
    if (isScalar(node)) return new Tag(tag, node.source ?? '', line);
    throw this.error(`The tag ${tag} takes a word or a list.`, offsetOf(node));
  }

  private plain(node: Node): Tree {
    if (isSeq<Node>(node)) return node.items.map((item) => this.tree(item));
    if (isYamlMap<Node, Node | null>(node)) return this.map(node);
    return this.scalar(node as Scalar);
  }

  private scalar({ value, source = '', range }: Scalar): Tree {
    // What authentik reads with takes these for texts, unlike YAML 1.1.
    if (/^([yYnN]|[-+]?[\d_]+[eE][-+\d]+)$/.test(source)) return source;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    // A date: fields of that sort take it as it is written.
    if (value instanceof Date) return source;
    throw this.error('A value of this sort cannot be used.', range?.[0] ?? 0);
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
    if (!isScalar(node) || node.tag?.startsWith('!')) throw this.error('A key must be a word.', offsetOf(node));
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  /** `<<: *base`, or a list of such, of which the first one wins. */
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
