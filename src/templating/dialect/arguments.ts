import { type Liquid, TypeGuards, Tokenizer, Value } from 'liquidjs';

/** Splits the arguments of a tag at blanks outside of quotes. */
export function splitArguments(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']|["'])+/g) ?? [];
}

/**
 * Parses one value with its filters, such as `user.name|default:"you"`.
 *
 * @throws Error unless the text is exactly one value
 */
export function readValue(text: string, liquid: Liquid): Value {
  const tokenizer = new Tokenizer(text, liquid.options.operators);
  const token = tokenizer.readFilteredValue();
  tokenizer.skipBlank();
  if (!tokenizer.end() || token.initial.postfix.length !== 1) throw new Error(`one value is expected, not "${text}"`);
  return new Value(token, liquid);
}

/** Splits a value from its filters, which start at the first `|`. */
export function splitFilters(text: string): [operand: string, filters: string] {
  const operand = /^\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^|"']*)/.exec(text)?.[0] ?? '';
  return [operand, text.slice(operand.length)];
}

/** Returns the text of a quoted literal without filters; undefined for anything else. */
export function literalOf(text: string): string | undefined {
  const tokenizer = new Tokenizer(text);
  const token = tokenizer.readQuoted();
  return token !== undefined && tokenizer.end() && TypeGuards.isQuotedToken(token) ? token.content : undefined;
}

/** Whether the value is a quoted literal without filters. */
export function isLiteral({ initial, filters }: Value): boolean {
  const [token] = initial.postfix;
  return filters.length === 0 && token !== undefined && TypeGuards.isQuotedToken(token);
}

/** Parses an argument of the form `name=value`. */
function readAssignment(argument: string): { name: string; value: string } | undefined {
  const match = /^([A-Za-z_]\w*)=(.+)$/s.exec(argument);
  return match === null ? undefined : { name: match[1] ?? '', value: match[2] ?? '' };
}

/**
 * Parses bindings up to the first other argument: `a=b c=d|filter`, or the old form `b|filter as a and d as c`. Removes
 * the parsed arguments from the list.
 */
export function readBindings(words: string[], liquid: Liquid): Map<string, Value> {
  const bindings = new Map<string, Value>();
  for (;;) {
    const [first = '', second, third] = words;
    const assignment = readAssignment(first);
    if (assignment !== undefined) {
      bindings.set(assignment.name, readValue(assignment.value, liquid));
      words.shift();
    } else if (second === 'as' && third !== undefined) {
      bindings.set(third, readValue(first, liquid));
      words.splice(0, words[3] === 'and' ? 4 : 3);
    } else {
      return bindings;
    }
  }
}

/** Parses `as name` at the end, and removes these two words from the list. @returns the name, if any */
export function takeVariable(words: string[]): string | undefined {
  return words.at(-2) === 'as' ? variableName(words.splice(-2)[1]) : undefined;
}

/** Validates the name of a variable that a tag sets. @throws Error if the name is invalid */
export function variableName(word: string | undefined): string {
  if (word === undefined || !/^[A-Za-z_]\w*$/.test(word)) throw new Error(`a name is expected, not "${word ?? ''}"`);
  return word;
}
