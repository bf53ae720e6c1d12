import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { messageTexts as pageTexts } from './pages/message-texts.js';
import { texts } from './pages/texts.js';
import { messageTexts } from './rest/messages/messages.js';

const root = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => join(root, name));

const sentences = [messageTexts, pageTexts, texts].flatMap((table) => Object.values(table).flat()) as string[];
/** Single words are also names of other things. */
const recognizable = new Set(sentences.filter((sentence) => sentence.includes(' ') || sentence.endsWith('.')));
const inTable = new Set<string>(Object.values(messageTexts).flat());
const runs = new Set([...recognizable].flatMap(runsOf));

/** Every three consecutive words. */
function runsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z']+/g) ?? [];
  return words.slice(2).map((_, index) => words.slice(index, index + 3).join(' '));
}

function isOurs(text: string): boolean {
  return recognizable.has(text) || runsOf(text).some((run) => runs.has(run));
}

/** Texts in an expression: its literals, regular expressions and the fixed parts of its templates. */
function textsIn(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
    return [node.text];
  }
  if (ts.isRegularExpressionLiteral(node)) return [node.text.replace(/\\[a-z]/g, ' ')];
  const found: string[] = [];
  ts.forEachChild(node, (child) => void found.push(...textsIn(child)));
  return found;
}

const comparing = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);
const searching =
  /^(startsWith|endsWith|includes|indexOf|lastIndexOf|localeCompare|match|matchAll|search|test|exec|has|get)$/;

/** Expressions of a node that are compared with something. */
function comparedIn(node: ts.Node): readonly ts.Node[] {
  if (ts.isBinaryExpression(node) && comparing.has(node.operatorToken.kind)) return [node.left, node.right];
  if (ts.isCaseClause(node)) return [node.expression];
  if (ts.isRegularExpressionLiteral(node)) return [node];
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
    return /^(Map|Set|RegExp)$/.test(node.expression.text) ? (node.arguments ?? []) : [];
  }
  if (ts.isPropertyAssignment(node) && ts.isStringLiteralLike(node.name)) return [node.name];
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    return searching.test(node.expression.name.text) ? [node.expression.expression, ...node.arguments] : [];
  }
  return [];
}

/** Comparisons with message texts in a source. */
function comparisons(file: ts.SourceFile): string[] {
  const name = file.fileName;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    for (const text of comparedIn(node).flatMap(textsIn)) {
      if (!isOurs(text)) continue;
      found.push(`${name}:${file.getLineAndCharacterOfPosition(node.pos).line + 1} ${text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Literals of a source that repeat a text of the message table. */
function copies(file: ts.SourceFile): string[] {
  return textsIn(file)
    .filter((text) => recognizable.has(text) && inTable.has(text))
    .map((text) => `${file.fileName} ${text}`);
}

function parsed(name: string, source: string): ts.SourceFile {
  return ts.createSourceFile(name, source, ts.ScriptTarget.Latest);
}

const sources = files.map((path) => parsed(relative(root, path), readFileSync(path, 'utf8')));

describe('Message texts', () => {
  it('are never compared', () => {
    expect(sources.flatMap(comparisons)).toEqual([]);
  });

  it('appear only in the message table, so that no constant can be compared with one', () => {
    // Pages may translate a message by the same words.
    const others = sources.filter(
      ({ fileName }) => !/^(rest\/messages\/messages|pages\/message-texts)\.ts$/.test(fileName),
    );
    expect(others.flatMap(copies)).toEqual([]);
  });

  it('are used only by API responses, and by logs and results with API errors', () => {
    const writers = sources
      .filter(({ text }) => /from '[^']*\/english\.js'/.test(text))
      .map(({ fileName }) => fileName);
    expect(writers.sort()).toEqual([
      'commands/refuse.ts',
      'core/bootstrap/bootstrap.service.ts',
      'flow-execution/wire-challenge.ts',
      'flows/transfer/import-logs.ts',
      'policies/policy.service.ts',
      'rest/errors/error.filter.ts',
    ]);
  });

  it.each([
    "const isOld = text.startsWith('This link is too old.');",
    "if (text !== 'Successfully logged in!') show(text);",
    "const codes = [[/^This field may not be (null|blank)\\.$/, 'null']];",
    "const known = new Map([['This link has been used already.', 'linkUsed']]);",
    "const shown = { 'Failed to authenticate.': 'No.' }[text];",
    "switch (text) { case 'Invalid next URL': break; }",
    'const isLimited = text.includes(`Please try again after ${minutes}`);',
    "const isOurs = ['The passwords do not match.'].includes(text);",
  ])('are detected in the comparison: %s', (source) => {
    expect(comparisons(parsed('sample.ts', source))).not.toEqual([]);
  });
});
