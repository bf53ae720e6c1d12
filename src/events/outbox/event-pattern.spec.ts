import { expect, it } from 'vitest';

import { eventPatternProblem, matcher } from './event-pattern.js';

it.each<[string, string, boolean]>([
  ['*', '', true],
  ['*', 'user.created', true],
  ['user.*', 'user.created', true],
  ['user.*', 'users.created', false],
  ['*.created', 'user.created', true],
  ['*.created', 'user.created.x', false],
  ['u*e*d', 'user.created', true],
  ['user.created', 'user.created', true],
  ['user.created', 'user.created2', false],
  ['user/1*1', 'user/1', false],
  ['user/1*1', 'user/11', true],
  ['a.c', 'abc', false],
])('%j matches %j: %j', (pattern, text, expected) => {
  expect(matcher(pattern)(text)).toBe(expected);
});

it('A pattern of many * takes no time', () => {
  const pattern = `${'*e'.repeat(49)}*x`;
  const before = process.cpuUsage();
  expect(eventPatternProblem(pattern)).toBeDefined();
  expect(matcher(pattern)('e'.repeat(1000))).toBe(false);
  const { user, system } = process.cpuUsage(before);
  // In microseconds: trying every way to match would take years.
  expect(user + system).toBeLessThan(1_000_000);
});

it.each(['user.created', 'user.*', '*', '*.sent'])('%j names types of events', (pattern) => {
  expect(eventPatternProblem(pattern)).toBeUndefined();
});

it.each(['user', 'USER.*', 'user.%', 'nothing.*', ''])('%j names none', (pattern) => {
  expect(eventPatternProblem(pattern)).toBe(`There is no type of events "${pattern}".`);
});
