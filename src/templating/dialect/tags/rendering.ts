import type { Emitter, Liquid, Template, Value } from 'liquidjs';

import { isLiteral } from '../arguments.js';
import { BoundedEmitter } from '../bounded-emitter.js';
import type { RenderContext } from '../context.js';
import { SafeText, textOf } from '../values.js';

/** What a tag does when it is rendered; what it yields is waited for. */
export type Rendering = Generator<unknown, void, unknown>;

/** Evaluates bindings where they stand. */
export function* evaluate(
  bindings: ReadonlyMap<string, Value>,
  context: RenderContext,
): Generator<unknown, Record<string, unknown>, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of bindings) values[name] = yield value.value(context);
  return values;
}

/** The value; what the author wrote in quotes is as safe as the rest of the template. */
export function* evaluateOne(value: Value, context: RenderContext): Generator<unknown, unknown, unknown> {
  const result = yield value.value(context);
  return isLiteral(value) ? new SafeText(textOf(result)) : result;
}

/** Renders into a text of its own. */
export function* capture(
  nodes: Template[],
  context: RenderContext,
  liquid: Liquid,
): Generator<unknown, string, unknown> {
  const emitter = new BoundedEmitter(context.rendering.budget);
  yield liquid.renderer.renderTemplates(nodes, context, emitter);
  return emitter.buffer;
}

/** Writes what a tag has made, or sets the variable that its `as` names instead. */
export function put(value: unknown, variable: string | undefined, context: RenderContext, emitter: Emitter): void {
  if (variable !== undefined) context.assign(variable, value);
  else emitter.write(context.written(value));
}
