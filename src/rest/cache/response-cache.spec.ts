import { describe, expect, it } from 'vitest';

import { ResponseCache } from './response-cache.js';

const megabyte = Buffer.alloc(2 ** 20);

describe('ResponseCache', () => {
  it('returns a response only for the revision under which it was stored', () => {
    const cache = new ResponseCache();
    const stored = cache.store('a', '1', Buffer.from('body'));
    expect(cache.find('a', '1')).toBe(stored);
    expect(cache.find('a', '2')).toBeUndefined();
    expect(cache.find('b', '1')).toBeUndefined();
    cache.store('a', '2', Buffer.from('body'));
    expect(cache.find('a', '1')).toBeUndefined();
  });

  it('stores equal bodies with equal tags, and different bodies with different tags', () => {
    const cache = new ResponseCache();
    const tags = ['x', 'x', 'y'].map((body, index) => cache.store(String(index), '1', Buffer.from(body)).tag);
    expect(tags[0]).toBe(tags[1]);
    expect(tags[0]).not.toBe(tags[2]);
  });

  it('evicts the least recently used response above eight megabytes', () => {
    const cache = new ResponseCache();
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const key of keys) cache.store(key, '1', megabyte);
    cache.find('a', '1');
    cache.store('h', '1', megabyte);
    expect(keys.filter((key) => cache.find(key, '1') === undefined)).toEqual(['b']);
  });

  it('does not store a body that is too large, and keeps the others', () => {
    const cache = new ResponseCache();
    cache.store('a', '1', megabyte);
    cache.store('large', '1', Buffer.alloc(3 * megabyte.length));
    expect(cache.find('large', '1')).toBeUndefined();
    expect(cache.find('a', '1')).toBeDefined();
  });

  it('counts a replaced body once, and counts long keys', () => {
    const cache = new ResponseCache();
    cache.store('first', '1', Buffer.from('body'));
    for (let revision = 0; revision < 20; revision += 1) cache.store('again', String(revision), megabyte);
    expect(cache.find('first', '1')).toBeDefined();
    for (const letter of 'abcdefgh') cache.store(letter.repeat(2 ** 19), '1', Buffer.from('body'));
    expect(cache.find('first', '1')).toBeUndefined();
  });
});
