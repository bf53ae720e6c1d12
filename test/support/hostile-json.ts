import fc from 'fast-check';

/** Keys that JavaScript, its libraries or OpenAPI give a meaning to; in JSON they are data. */
export const hostileNames = [
  ...['constructor', '__proto__', 'prototype', 'then', 'toJSON', 'toString', 'valueOf', 'hasOwnProperty'],
  ...['$ref', 'length', '__defineGetter__', 'toPostgres', '@instanceof', 'name'],
];

/**
 * JSON values whose keys and texts are hostile names. Objects have `__proto__` as a property of their own, as
 * `JSON.parse` makes it.
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

/** A JSON value as a text in which the order of keys does not matter, own keys `__proto__` included. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}
