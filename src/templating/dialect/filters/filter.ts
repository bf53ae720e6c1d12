import { type FilterImplOptions, type Liquid, TypeGuards } from 'liquidjs';

import { contextOf, type RenderContext } from '../context.js';
import { SafeText } from '../values.js';

/** A filter as LiquidJS calls it. */
export type FilterHandler = Exclude<FilterImplOptions, { handler: unknown }>;

/** Converts a value; `argument` is the value after the colon, if any. */
export type Filter = (value: unknown, argument: unknown, context: RenderContext) => unknown;

/**
 * Registers a filter. Its results count against the budget of the rendering, so that a chain of filters cannot grow a
 * value, or process a long one, without bound.
 *
 * @param keepsSafe safe text stays safe, because the filter adds nothing with a meaning in HTML
 */
export function registerFilter(liquid: Liquid, name: string, filter: Filter, keepsSafe = false): void {
  const handler: FilterHandler = function (value: unknown, ...given: unknown[]): unknown {
    if (given.length > 1 || Array.isArray(given[0])) throw new Error(`the filter ${name} takes one argument at most`);
    const context = contextOf(this.context);
    const [token] = this.token.args;
    // A literal of the author is as safe as the rest of the template.
    const isLiteral = token !== undefined && !Array.isArray(token) && TypeGuards.isQuotedToken(token);
    const argument = isLiteral ? new SafeText(String(given[0])) : given[0];
    const result = filter(value, argument, context);
    const text = result instanceof SafeText ? result.text : result;
    context.rendering.budget.use(typeof text === 'string' ? text.length : 1);
    return keepsSafe && value instanceof SafeText && typeof result === 'string' ? new SafeText(result) : result;
  };
  liquid.registerFilter(name, handler);
}
