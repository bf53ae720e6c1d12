import { describe, expect, it } from 'vitest';

import { personalWords } from './personal-words.js';

describe('The words of names and addresses', () => {
  it('are the values and their parts, in lower case and without signs', () => {
    expect(personalWords(['Ada Lovelace', 'ada@example.org'])).toEqual([
      'adalovelace',
      'ada',
      'lovelace',
      'adaexampleorg',
      'example',
      'org',
    ]);
  });

  it('leave out what is shorter than three characters', () => {
    expect(personalWords(['Al B.', 'x', ''])).toEqual(['alb']);
  });

  it('are at most 50, of the first 200 characters of each value', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => `word${index}`);
    expect(personalWords(numbers)).toHaveLength(50);
    expect(personalWords(['x'.repeat(900_000)])).toEqual(['x'.repeat(200)]);
  });
});
