import { inject } from 'vitest';

/** Returns how often a property is checked: `few` times in each run of the tests, `many` times in a sweep. */
export function runs(few: number, many: number): number {
  return inject('isSweep') ? many : few;
}
