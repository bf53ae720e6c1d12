import { expect, it } from 'vitest';

import { type FiringEvent, notificationOf } from './event-summary.js';

const of = (context: Record<string, unknown>): ReturnType<typeof notificationOf> =>
  notificationOf({ pk: '', action: 'login', app: '', clientIp: null, context, user: {} } satisfies FiringEvent);

it('cuts texts without a half of a surrogate pair, which PostgreSQL does not store', () => {
  const long = `${'x'.repeat(499)}😀`;
  expect(of({ message: long }).body).toBe(`${'x'.repeat(499)}\uFFFD`);
  expect(of({ model: { app: 'a', model_name: 'b', name: long } }).body.isWellFormed()).toBe(true);
  const value = `${'y'.repeat(1023)}😀`;
  expect(of({ value }).event?.details).toEqual({ value: `${'y'.repeat(1023)}\uFFFD` });
});

it('has 25 texts of the context at most', () => {
  const texts = Array.from({ length: 40 }, (_, index) => [`${index}`.padEnd(300, '.'), 'x'.repeat(5000)]);
  const details = Object.entries(of({ number: 1, ...Object.fromEntries(texts) }).event?.details ?? {});
  expect(details.map(([name, text]) => [name.length, text.length])).toEqual(Array(25).fill([256, 1024]));
});
