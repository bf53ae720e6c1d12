import { expect, it } from 'vitest';

import { directionOf, negotiateLanguage } from './locale.js';

it.each([
  [['de'], 'de'],
  [['de-AT'], 'de'],
  [['DE_at'], 'de'],
  [['zh-CN'], 'zh-Hans'],
  [['zh'], 'zh-Hans'],
  [['zh-hans'], 'zh-Hans'],
  [['zh_Hans'], 'zh-Hans'],
  [['zh-TW'], 'zh-Hans'],
  [['zh-Hant', 'fr'], 'fr'],
  [['zh-TW', 'zh', 'en'], 'zh-Hans'],
  [['ar-EG'], 'ar'],
  [['nl', 'fr-CA'], 'fr'],
  [['en-GB', 'de'], 'en'],
  [['nl'], 'en'],
  [[''], 'en'],
  [['*', ' de '], 'de'],
  [['not a language', 'x'.repeat(1000), 'es'], 'es'],
  [[], 'en'],
])('negotiates from %j the language %s', (choices, expected) => {
  expect(negotiateLanguage(choices)).toBe(expected);
});

it('falls back to the given language', () => {
  expect(negotiateLanguage(['nl'], 'de')).toBe('de');
});

it('returns the direction of a language', () => {
  expect(['ar', 'he', 'fa-IR', 'de', 'zh-Hans', 'az-Arab'].map(directionOf)).toEqual([
    'rtl',
    'rtl',
    'rtl',
    'ltr',
    'ltr',
    'rtl',
  ]);
});
