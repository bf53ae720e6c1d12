import { expect, it } from 'vitest';

import { truncated } from './truncated.js';

it('truncates text without leaving half a character', () => {
  expect(truncated('Ada 😀', 20)).toBe('Ada 😀');
  expect(truncated('Ada 😀', 6)).toBe('Ada 😀');
  expect(truncated('Ada 😀', 5)).toBe('Ada \ufffd');
});
