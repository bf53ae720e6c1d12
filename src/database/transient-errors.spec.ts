import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { isTransient, retryTransient } from './transient-errors.js';

function answered(code: string): DatabaseError {
  return Object.assign(new DatabaseError('said by the server', 10, 'error'), { code });
}

describe('isTransient', () => {
  it.each([
    ['a refused connection', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), true],
    ['a broken connection', new Error('Connection terminated unexpectedly'), true],
    ['a server that shuts down', answered('57P01'), true],
    ['a server that starts', new QueryFailedError('select', [], answered('57P03')), true],
    ['too many connections', answered('53300'), true],
    ['a full disk', answered('53100'), true],
    ['a read-only server', answered('25006'), true],
    ['a deadlock', answered('40P01'), true],
    ['a serialization failure', answered('40001'), true],
    ['a lock that is not available', answered('55P03'), true],
    ['an I/O error', answered('58030'), true],
    ['a syntax error', new QueryFailedError('select', [], answered('42601')), false],
    ['a unique violation', answered('23505'), false],
    ['a missing privilege', answered('42501'), false],
  ])('classifies %s', (_, error, expected) => {
    expect(isTransient(error)).toBe(expected);
  });
});

describe('retryTransient', () => {
  /** Fails this many times before it succeeds. */
  function failing(times: number, error: Error): () => Promise<string> {
    let left = times;
    return () => (left-- > 0 ? Promise.reject(error) : Promise.resolve('done'));
  }

  it('retries until the database is back', async () => {
    expect(await retryTransient(failing(2, answered('57P03')))).toBe('done');
  });

  it('does not retry a permanent error', async () => {
    await expect(retryTransient(failing(1, answered('23505')))).rejects.toThrow('said by the server');
  });

  it('stops when it is aborted, also between two attempts', async () => {
    const lost = new Error('connection lost');
    await expect(retryTransient(failing(99, lost), AbortSignal.abort())).rejects.toThrow(lost);
    const stopping = new AbortController();
    const waiting = retryTransient(failing(99, lost), stopping.signal);
    stopping.abort();
    await expect(waiting).rejects.toThrow(lost);
  });
});
