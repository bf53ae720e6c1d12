import { describe, expect, it } from 'vitest';

import { readOptions, UsageError } from './options.js';

describe('readOptions', () => {
  it('reads peers, which share a token', () => {
    const args = ['--peer', 'drf=http://127.0.0.1:8000/', '--peer', 'b=http://[::1]:1', '--peer-token', 'key'];
    expect(readOptions(args)?.peers).toEqual([
      { name: 'drf', url: 'http://127.0.0.1:8000', token: 'key' },
      { name: 'b', url: 'http://[::1]:1', token: 'key' },
    ]);
  });

  it('selects all cases with full rounds by default', () => {
    expect(readOptions([])).toEqual({
      isQuick: false,
      only: '',
      peers: [],
      soakMinutes: 0,
      hasPlans: false,
      output: undefined,
    });
  });

  it('returns undefined for --help', () => {
    expect(readOptions(['--quick', '--help'])).toBeUndefined();
  });

  it.each([
    ['--nope'],
    ['word'],
    ['--peer', 'http://127.0.0.1'],
    ['--soak', 'long'],
    ['--soak', '-1'],
    ['--soak', '1.5'],
  ])('refuses %s %s', (...args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
