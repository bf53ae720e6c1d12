import { describe, expect, it } from 'vitest';

import { personalWords } from './personal-words.js';

describe('personalWords', () => {
  it('returns values and their parts in lower case without symbols', () => {
    expect(personalWords(['Ada Lovelace', 'ada@example.org'])).toEqual([
      'adalovelace',
      'ada',
      'lovelace',
      'adaexampleorg',
      'example',
      'org',
    ]);
  });

  it('omits words of fewer than three characters', () => {
    expect(personalWords(['Al B.', 'x', ''])).toEqual(['alb']);
  });

  it('returns at most 50 words from the first 200 characters of each value', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => `word${index}`);
    expect(personalWords(numbers)).toHaveLength(50);
    expect(personalWords(['x'.repeat(900_000)])).toEqual(['x'.repeat(200)]);
  });
});
