import { expect, it } from 'vitest';

import { TimeFormats } from './time-formats.js';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

it.each([
  [30 * minute, '30 minutes'],
  [30 * minute - 20 * second, '29 minutes'],
  [29 * minute, '29 minutes'],
  [hour - 100, '59 minutes'],
  [90 * minute, '1 hour, 30 minutes'],
  [day, '1 day'],
  [day + 3 * hour + 7 * minute, '1 day, 3 hours'],
  [day + 7 * minute, '1 day'],
  [10 * day, '1 week, 3 days'],
  [400 * day, '1 year, 1 month'],
  [20 * second, '0 minutes'],
  [0, '0 minutes'],
  [-hour, '0 minutes'],
])('formats a duration of %d ms as %s', (span, expected) => {
  expect(TimeFormats.of('en').duration(span)).toBe(expected);
});

it.each([
  ['de', /^1\sStunde, 30\sMinuten$/],
  ['fr', /^1\sheure(,| et) 30\sminutes$/],
  ['es', /^1\shora( y|,) 30\sminutos$/],
  ['zh-Hans', /^1\s?小时\s?30\s?分钟$/],
  ['ar', /^ساعة،? و30\sدقيقة$/],
])('formats a duration of 90 minutes in %s', (locale, expected) => {
  expect(TimeFormats.of(locale).duration(90 * minute)).toMatch(expected);
});

it.each([
  [0, 'now'],
  [45 * second, 'in 45 seconds'],
  [60 * second, 'in 1 minute'],
  [30 * minute - 400, 'in 30 minutes'],
  [90 * minute, 'in 90 minutes'],
  [-hour, '1 hour ago'],
  [-3 * hour - 5 * minute, '3 hours ago'],
  [day, 'in 1 day'],
  [25 * hour, 'in 25 hours'],
  [-3 * day, '3 days ago'],
])('formats a time %d ms from now as %s', (distance, expected) => {
  expect(TimeFormats.of('en').relative(distance)).toBe(expected);
});

it('uses Western digits in every language', () => {
  expect(TimeFormats.of('ar').duration(30 * minute)).toContain('30');
  expect(TimeFormats.of('ar').moment(new Date('2035-03-09T07:05:00Z'))).toContain('2035');
  expect(TimeFormats.of('de').number(1234567.5)).toBe('1.234.567,5');
});
