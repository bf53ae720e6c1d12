import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { expect, it } from 'vitest';

import { asDatabaseOutage } from './database-outage.js';

function sqlState(code: string): Error {
  return Object.assign(new DatabaseError('refused', 0, 'error'), { code });
}

it.each([
  ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['a connection that breaks during a statement', new QueryFailedError('', [], new Error('Connection terminated'))],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
  ['too many connections', sqlState('53300')],
  ['a server that shuts down', new QueryFailedError('', [], sqlState('57P01'))],
  ['a read-only server', sqlState('25006')],
])('recognizes %s', (_, error) => {
  expect(asDatabaseOutage(error)).toMatchObject({ status: 503, retryAfter: 5 });
});

it.each([
  ['a statement that was cancelled', sqlState('57014')],
  ['a violated constraint', new QueryFailedError('', [], sqlState('23505'))],
  ['a bug', new TypeError('x is not a function')],
  ['a value that is not an error', 'ECONNREFUSED'],
])('does not recognize %s', (_, error) => {
  expect(asDatabaseOutage(error)).toBeUndefined();
});
