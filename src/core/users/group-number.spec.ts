import { describe, expect, it } from 'vitest';

import { groupNumber } from './group-number.js';

describe('The number of a group', () => {
  it.each([
    ['00000000-0000-4000-8000-000000000000', 0],
    ['0000002a-ffff-4fff-8fff-ffffffffffff', 42],
    ['7fffffff-0000-4000-8000-000000000000', 2 ** 31 - 1],
    ['ffffffff-0000-4000-8000-000000000000', 2 ** 31 - 1],
    ['80000001-0000-4000-8000-000000000000', 1],
  ])('of %s is %i, which fits in a signed 32-bit integer', (pk, number) => {
    expect(groupNumber(pk)).toBe(number);
  });
});
