import type { Emitter, Liquid, Template, Value } from 'liquidjs';

import { isLiteral } from '../arguments.js';
import { BoundedEmitter } from '../bounded-emitter.js';
import type { RenderContext } from '../context.js';
import { SafeText, textOf } from '../values.js';

/** The rendering of a tag; yielded promises are awaited. */
export type Rendering = Generator<unknown, void, unknown>;

/** Evaluates bindings in the current context. */
export function* evaluate(
  bindings: ReadonlyMap<string, Value>,
  context: RenderContext,
): Generator<unknown, Record<string, unknown>, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of bindings) values[name] = yield value.value(context);
  return values;
}

/** Evaluates one value; a literal of the author is as safe as the rest of the template. */
export function* evaluateOne(value: Value, context: RenderContext): Generator<unknown, unknown, unknown> {
  const result = yield value.value(context);
  return isLiteral(value) ? new SafeText(textOf(result)) : result;
}

/** Renders to a string. */
export function* capture(
  nodes: Template[],
  context: RenderContext,
  liquid: Liquid,
): Generator<unknown, string, unknown> {
  const emitter = new BoundedEmitter(context.rendering.budget);
  yield liquid.renderer.renderTemplates(nodes, context, emitter);
  return emitter.buffer;
}

/** Writes the result of a tag, or assigns it to the variable of its `as`. */
export function put(value: unknown, variable: string | undefined, context: RenderContext, emitter: Emitter): void {
  if (variable !== undefined) context.assign(variable, value);
  else emitter.write(context.written(value));
}
