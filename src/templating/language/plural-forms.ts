/** Returns the index of the plural form for a number, from 0. */
export type PluralRule = (n: number) => number;

/** The English rule, also for catalogs without one. */
export const englishPlural: PluralRule = (n) => (n === 1 ? 0 : 1);

/**
 * Parses the header `Plural-Forms` of a gettext catalog, such as `nplurals=2; plural=(n != 1);`. Its C expression is
 * interpreted, never run as code (GNU gettext manual, section 11.2.6).
 *
 * @throws Error if the header is invalid
 */
export function readPluralForms(header: string): { forms: number; rule: PluralRule } {
  const match = /^\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+);?\s*$/.exec(header);
  if (match === null) throw new Error(`Plural-Forms cannot be read: ${header}`);
  const [, forms = '', expression = ''] = match;
  const rule = new ExpressionReader(expression).read();
  return { forms: Number(forms), rule };
}

const binary: readonly Readonly<Record<string, (left: number, right: number) => number>>[] = [
  { '||': (left, right) => Number(left !== 0 || right !== 0) },
  { '&&': (left, right) => Number(left !== 0 && right !== 0) },
  { '==': (left, right) => Number(left === right), '!=': (left, right) => Number(left !== right) },
  {
    '<=': (left, right) => Number(left <= right),
    '>=': (left, right) => Number(left >= right),
    '<': (left, right) => Number(left < right),
    '>': (left, right) => Number(left > right),
  },
  { '+': (left, right) => left + right, '-': (left, right) => left - right },
  {
    '*': (left, right) => left * right,
    '/': (left, right) => Math.trunc(left / right),
    '%': (left, right) => left % right,
  },
];

class ExpressionReader {
  private readonly tokens: string[];

  constructor(private readonly expression: string) {
    this.tokens = expression.match(/\d+|n|\|\||&&|[=!<>]=|[<>?:()!%*/+-]|\S/g) ?? [];
  }

  read(): PluralRule {
    const rule = this.conditional();
    if (this.tokens.length > 0) this.fail();
    return rule;
  }

  private conditional(): PluralRule {
    const condition = this.operation(0);
    if (!this.take('?')) return condition;
    const then = this.conditional();
    if (!this.take(':')) this.fail();
    const otherwise = this.conditional();
    return (n) => (condition(n) === 0 ? otherwise(n) : then(n));
  }

  private operation(level: number): PluralRule {
    const operators = binary[level];
    if (operators === undefined) return this.operand();
    let left = this.operation(level + 1);
    for (;;) {
      const operator = Object.entries(operators).find(([sign]) => this.take(sign));
      if (operator === undefined) return left;
      const [, calculate] = operator;
      const [first, second] = [left, this.operation(level + 1)];
      left = (n) => calculate(first(n), second(n));
    }
  }

  private operand(): PluralRule {
    const token = this.tokens.shift() ?? this.fail();
    if (token === 'n') return (n) => n;
    if (/^\d+$/.test(token)) return () => Number(token);
    if (token === '!') {
      const negated = this.operand();
      return (n) => Number(negated(n) === 0);
    }
    if (token !== '(') this.fail();
    const inner = this.conditional();
    if (!this.take(')')) this.fail();
    return inner;
  }

  private take(token: string): boolean {
    if (this.tokens[0] !== token) return false;
    this.tokens.shift();
    return true;
  }

  private fail(): never {
    throw new Error(`Plural-Forms cannot be read: ${this.expression}`);
  }
}
