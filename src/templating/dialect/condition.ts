import type { Liquid } from 'liquidjs';

import { readValue, splitArguments } from './arguments.js';
import type { RenderContext } from './context.js';
import { contains, isEqual, isTruthy, order } from './values.js';

type Evaluation = Generator<unknown, unknown, unknown>;
/** Part of a condition; evaluated in the context of its place. */
export type Condition = (context: RenderContext) => Evaluation;

type Compare = (left: unknown, right: unknown) => boolean;

/** Operators by precedence, lowest first, as in Python; operators of one row are left-associative. */
const comparisons: readonly Readonly<Record<string, Compare>>[] = [
  { in: (left, right) => contains(right, left), 'not in': (left, right) => !contains(right, left) },
  {
    is: isEqual,
    'is not': (left, right) => !isEqual(left, right),
    '==': isEqual,
    '!=': (left, right) => !isEqual(left, right),
    '<': (left, right) => (order(left, right) ?? 1) < 0,
    '<=': (left, right) => (order(left, right) ?? 1) <= 0,
    '>': (left, right) => (order(left, right) ?? -1) > 0,
    '>=': (left, right) => (order(left, right) ?? -1) >= 0,
  },
];

/**
 * Parses the condition of an `{% if %}`: values with filters, `and`, `or`, `not`, `in`, `is` and comparisons (Django:
 * "Boolean operators"). Comparing values without an order is false.
 *
 * @throws Error if the syntax is wrong
 */
export function readCondition(text: string, liquid: Liquid): Condition {
  const reader = new ConditionReader(splitArguments(text), liquid);
  return reader.read();
}

class ConditionReader {
  constructor(
    private readonly words: string[],
    private readonly liquid: Liquid,
  ) {}

  read(): Condition {
    const condition = this.either();
    const [extra] = this.words;
    if (extra !== undefined) throw new Error(`an operator is expected, not "${extra}"`);
    return condition;
  }

  private either(): Condition {
    let left = this.both();
    while (this.take('or')) left = joined(left, this.both(), true);
    return left;
  }

  private both(): Condition {
    let left = this.negation();
    while (this.take('and')) left = joined(left, this.negation(), false);
    return left;
  }

  private negation(): Condition {
    if (!this.take('not')) return this.comparison(0);
    const negated = this.negation();
    return function* (context): Evaluation {
      return !isTruthy(yield negated(context));
    };
  }

  private comparison(level: number): Condition {
    const operators = comparisons[level];
    if (operators === undefined) return this.operand();
    let left = this.comparison(level + 1);
    for (;;) {
      const operator = this.takeOperator(operators);
      if (operator === undefined) return left;
      left = compared(left, this.comparison(level + 1), operator);
    }
  }

  private operand(): Condition {
    const word = this.words.shift();
    if (word === undefined) throw new Error('the condition is not complete');
    const value = readValue(word, this.liquid);
    return (context) => value.value(context);
  }

  private take(word: string): boolean {
    if (this.words[0] !== word) return false;
    this.words.shift();
    return true;
  }

  private takeOperator(operators: Readonly<Record<string, Compare>>): Compare | undefined {
    const [first = '', second = ''] = this.words;
    for (const [words, name] of [[2, `${first} ${second}`] as const, [1, first] as const]) {
      if (Object.hasOwn(operators, name)) {
        this.words.splice(0, words);
        return operators[name];
      }
    }
    return undefined;
  }
}

function joined(left: Condition, right: Condition, decisive: boolean): Condition {
  return function* (context): Evaluation {
    const first = yield left(context);
    return isTruthy(first) === decisive ? first : yield right(context);
  };
}

function compared(left: Condition, right: Condition, compare: Compare): Condition {
  return function* (context): Evaluation {
    const first = yield left(context);
    return compare(first, yield right(context));
  };
}
