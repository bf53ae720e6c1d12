import type { Emitter } from 'liquidjs';

import { limits } from '../limits.js';
import { textOf } from './values.js';
import { BudgetError, type WorkBudget } from './work-budget.js';

/** Collects the output of a template, up to `limits.output` characters. */
export class BoundedEmitter implements Emitter {
  buffer = '';

  constructor(private readonly budget: WorkBudget) {}

  /** @throws BudgetError if the part is too long */
  write(piece: unknown): void {
    const text = textOf(piece);
    this.budget.use(text.length);
    if (this.buffer.length + text.length > limits.output) {
      throw new BudgetError(`it has more than ${limits.output} characters`);
    }
    this.buffer += text;
  }
}
