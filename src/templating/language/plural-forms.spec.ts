import { expect, it } from 'vitest';

import { readPluralForms } from './plural-forms.js';

const numbers = [0, 1, 2, 3, 5, 10, 11, 21, 99, 100, 101, 102, 103, 111];

it.each([
  ['nplurals=2; plural=(n != 1);', [1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['nplurals=2; plural=n>1', [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['nplurals=1; plural=0;', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [
    'nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);',
    [0, 1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 3, 4],
  ],
  [
    'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);',
    [2, 0, 1, 1, 2, 2, 2, 0, 2, 2, 0, 1, 1, 2],
  ],
  ['nplurals=2; plural=!(n == 1) * (2 - 1) + 0 / 5', [1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
])('reads %s', (header, expected) => {
  const { rule } = readPluralForms(header);
  expect(numbers.map(rule)).toEqual(expected);
});

it.each([
  'nplurals=2',
  'plural=n',
  'nplurals=2; plural=',
  'nplurals=2; plural=(n',
  'nplurals=2; plural=n ? 1',
  'nplurals=2; plural=n n',
  'nplurals=2; plural=m',
  'nplurals=2; plural=process.exit()',
])('refuses %s', (header) => {
  expect(() => readPluralForms(header)).toThrow('Plural-Forms cannot be read');
});
