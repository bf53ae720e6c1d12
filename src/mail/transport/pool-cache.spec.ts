import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { PoolCache } from './pool-cache.js';

const closed: string[] = [];
const pool = (name: string) => ({ name, close: () => void closed.push(name) });

beforeEach(() => {
  closed.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('returns the same pool for the same key', () => {
  const pools = new PoolCache<ReturnType<typeof pool>>({ maxPools: 2, idleMs: 1000 });
  const first = pools.get('k', 'account', () => pool('a'));
  expect(pools.get('k', 'account', () => pool('b'))).toBe(first);
});

it('closes a pool whose secret was replaced', () => {
  const pools = new PoolCache<ReturnType<typeof pool>>({ maxPools: 9, idleMs: 1000 });
  pools.get('k1', 'account', () => pool('old password'));
  pools.get('k2', 'other account', () => pool('other'));
  pools.get('k3', 'account', () => pool('new password'));
  expect(closed).toEqual(['old password']);
  expect(pools.pools().map(({ name }) => name)).toEqual(['other', 'new password']);
});

it('evicts the least recently used pool beyond the limit', () => {
  const pools = new PoolCache<ReturnType<typeof pool>>({ maxPools: 2, idleMs: 1000 });
  pools.get('a', 'a', () => pool('a'));
  pools.get('b', 'b', () => pool('b'));
  pools.get('a', 'a', () => pool('a again'));
  pools.get('c', 'c', () => pool('c'));
  expect(closed).toEqual(['b']);
  expect(pools.pools()).toHaveLength(2);
});

it('closes an idle pool', () => {
  const pools = new PoolCache<ReturnType<typeof pool>>({ maxPools: 2, idleMs: 1000 });
  pools.get('a', 'a', () => pool('a'));
  vi.advanceTimersByTime(900);
  pools.get('a', 'a', () => pool('a again'));
  vi.advanceTimersByTime(900);
  expect(closed).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(closed).toEqual(['a']);
  expect(pools.pools()).toEqual([]);
});

it('clears the cache and closes each pool once', () => {
  const pools = new PoolCache<ReturnType<typeof pool>>({ maxPools: 2, idleMs: 1000 });
  pools.get('a', 'a', () => pool('a'));
  pools.get('b', 'b', () => pool('b'));
  pools.clear();
  vi.advanceTimersByTime(5000);
  expect(closed).toEqual(['a', 'b']);
});
