import fc from 'fast-check';

/** Keys with a special meaning in JavaScript, libraries or OpenAPI; in JSON they are data. */
export const hostileNames = [
  ...['constructor', '__proto__', 'prototype', 'then', 'toJSON', 'toString', 'valueOf', 'hasOwnProperty'],
  ...['$ref', 'length', '__defineGetter__', 'toPostgres', '@instanceof', 'name'],
];

/**
 * JSON values whose keys and strings are hostile names. `__proto__` is an own property, as `JSON.parse` creates it.
 */
export const hostileValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, 0, 1, -1, 2 ** 31, true, '', ...hostileNames),
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...hostileNames), tie('value')), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries)),
})).value;

/** An object of hostile names and values. */
export const hostileObject: fc.Arbitrary<Record<string, unknown>> = fc
  .array(fc.tuple(fc.constantFrom(...hostileNames), hostileValue), { minLength: 1, maxLength: 6 })
  .map((entries) => Object.fromEntries(entries));

/** Serializes a JSON value with sorted keys, including own `__proto__` keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}
