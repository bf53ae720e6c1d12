import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { isOutage, throughOutage } from './outage.js';

function answered(code: string): DatabaseError {
  return Object.assign(new DatabaseError('said by the server', 10, 'error'), { code });
}

describe('isOutage', () => {
  it.each([
    ['a connection that is refused', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), true],
    ['a connection that breaks', new Error('Connection terminated unexpectedly'), true],
    ['a server that is shut down', answered('57P01'), true],
    ['a server that starts', new QueryFailedError('select', [], answered('57P03')), true],
    ['a statement that is wrong', new QueryFailedError('select', [], answered('42601')), false],
    ['a row that is there already', answered('23505'), false],
  ])('knows %s', (_, error, expected) => {
    expect(isOutage(error)).toBe(expected);
  });
});

describe('throughOutage', () => {
  /** Fails so many times before it succeeds. */
  function failing(times: number, error: Error): () => Promise<string> {
    let left = times;
    return () => (left-- > 0 ? Promise.reject(error) : Promise.resolve('done'));
  }

  it('tries again until the database is back', async () => {
    expect(await throughOutage(failing(2, answered('57P03')), {})).toBe('done');
  });

  it('does not try again what the database has refused', async () => {
    await expect(throughOutage(failing(1, answered('23505')), {})).rejects.toThrow('said by the server');
  });

  it('gives up when it takes too long, or nobody waits any more', async () => {
    const away = new Error('away');
    await expect(throughOutage(failing(99, away), { milliseconds: 100 })).rejects.toThrow('away');
    await expect(throughOutage(failing(99, away), { signal: AbortSignal.abort() })).rejects.toThrow('away');
  });
});
