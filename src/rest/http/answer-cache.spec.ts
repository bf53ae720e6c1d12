import { describe, expect, it } from 'vitest';

import { AnswerCache } from './answer-cache.js';

const megabyte = Buffer.alloc(2 ** 20);

describe('The cache of answers', () => {
  it('has what was kept under this revision, and nothing of another one', () => {
    const cache = new AnswerCache();
    const kept = cache.keep('a', '1', Buffer.from('body'));
    expect(cache.find('a', '1')).toBe(kept);
    expect(cache.find('a', '2')).toBeUndefined();
    expect(cache.find('b', '1')).toBeUndefined();
    cache.keep('a', '2', Buffer.from('body'));
    expect(cache.find('a', '1')).toBeUndefined();
  });

  it('tells equal bodies by equal tags, and others by others', () => {
    const cache = new AnswerCache();
    const tags = ['x', 'x', 'y'].map((body, index) => cache.keep(String(index), '1', Buffer.from(body)).tag);
    expect(tags[0]).toBe(tags[1]);
    expect(tags[0]).not.toBe(tags[2]);
  });

  it('forgets what was not asked for the longest time when it has eight megabytes', () => {
    const cache = new AnswerCache();
    const requests = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const request of requests) cache.keep(request, '1', megabyte);
    cache.find('a', '1');
    cache.keep('h', '1', megabyte);
    expect(requests.filter((request) => cache.find(request, '1') === undefined)).toEqual(['b']);
  });

  it('does not keep one that is too large, and leaves the others alone', () => {
    const cache = new AnswerCache();
    cache.keep('a', '1', megabyte);
    cache.keep('large', '1', Buffer.alloc(3 * megabyte.length));
    expect(cache.find('large', '1')).toBeUndefined();
    expect(cache.find('a', '1')).toBeDefined();
  });

  it('counts what it replaces but once, and long addresses too', () => {
    const cache = new AnswerCache();
    cache.keep('first', '1', Buffer.from('body'));
    for (let revision = 0; revision < 20; revision += 1) cache.keep('again', String(revision), megabyte);
    expect(cache.find('first', '1')).toBeDefined();
    for (const letter of 'abcdefgh') cache.keep(letter.repeat(2 ** 19), '1', Buffer.from('body'));
    expect(cache.find('first', '1')).toBeUndefined();
  });
});
