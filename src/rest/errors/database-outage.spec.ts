import { DatabaseError } from 'pg';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { expect, it } from 'vitest';

import { asDatabaseOutage } from './database-outage.js';

function sqlState(code: string): Error {
  return Object.assign(new DatabaseError('refused', 0, 'error'), { code });
}

it.each([
  ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['a connection that breaks during a statement', new QueryFailedError('', [], new Error('Connection terminated'))],
  [
    'a statement on a broken connection',
    new QueryFailedError('', [], new Error('Client has encountered a connection error and is not queryable')),
  ],
  ['a statement on a closed connection', new Error('Client was closed and is not queryable')],
  ['a server that does not answer', new Error('Connection terminated: the database server does not answer')],
  ['a server that does not answer in time', new Error('Query read timeout')],
  ['a write to a closed socket', Object.assign(new Error('write'), { code: 'ERR_STREAM_WRITE_AFTER_END' })],
  ['a server without the required TLS', new Error('The database server has no TLS, which sslmode of the URL requires')],
  ['a connection that was lost before a statement of a transaction', new QueryRunnerAlreadyReleasedError()],
  ['a connection that was lost before a nested transaction', new QueryRunnerProviderAlreadyReleasedError()],
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
