import { startSpan, traceIds } from '../config/tracing.js';

/** Characters of a statement that a span has at most. */
const maxText = 2000;

/**
 * Runs a statement in a span of the current trace; outside of a trace without one. The span has the text of the statement,
 * without parameters.
 *
 * @param run returns a promise, or undefined if the result goes to a callback
 */
export function traceStatement(statement: unknown, run: () => unknown): unknown {
  const text = typeof statement === 'string' ? statement : (statement as { text?: unknown } | null)?.text;
  if (traceIds() === undefined || typeof text !== 'string') return run();
  const operation = (/\w+/.exec(text)?.[0] ?? 'statement').toUpperCase();
  const table = /\b(?:from|into|update)\s+"?(\w+)/i.exec(text)?.[1];
  const span = startSpan(table === undefined ? operation : `${operation} ${table}`, {
    kind: 'CLIENT',
    attributes: {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.text': text.replace(/\s+/g, ' ').trim().slice(0, maxText),
    },
  });
  const result = run();
  if (result instanceof Promise) {
    result.then(
      () => span?.end(),
      () => span?.end(true),
    );
  } else span?.end();
  return result;
}
