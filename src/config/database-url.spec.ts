import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

import { databaseUrlProblem, readDatabaseUrl } from './database-url.js';

const folder = mkdtempSync(join(tmpdir(), 'database-url-'));
const text = join(folder, 'text.pem');
writeFileSync(text, 'no certificate');
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe('readDatabaseUrl', () => {
  it.each([
    ['postgres://db/x', { host: 'db', port: 5432 }],
    ['postgresql://a:b@db:6432/x', { host: 'db', port: 6432 }],
    ['postgres://[2001:db8::1]:6432/x', { host: '2001:db8::1', port: 6432 }],
    ['postgres:///x?host=/run/postgresql', { host: '/run/postgresql', port: 5432 }],
    ['postgres://%2Frun%2Fpostgresql/x', { host: '/run/postgresql', port: 5432 }],
    ['postgres://a@/x', { host: 'localhost', port: 5432 }],
    [
      'postgres://a:b@one:1,[::1]:2,three/x',
      [
        { host: 'one', port: 1 },
        { host: '::1', port: 2 },
        { host: 'three', port: 5432 },
      ],
    ],
    [
      'postgres:///x?host=one,two&port=1,2',
      [
        { host: 'one', port: 1 },
        { host: 'two', port: 2 },
      ],
    ],
    [
      'postgres:///x?host=one,two&port=3',
      [
        { host: 'one', port: 3 },
        { host: 'two', port: 3 },
      ],
    ],
    ['postgres://a@:6432', { host: 'localhost', port: 6432 }],
  ])('%s is on %j', (url, address) => {
    expect(readDatabaseUrl(url).addresses).toEqual([address].flat());
  });

  it('decodes user, password, database and parameters', () => {
    expect(
      readDatabaseUrl('postgres://a%40b:p%2F@%25@db/the%20x?application_name=y%26z&connect_timeout=3'),
    ).toMatchObject({
      user: 'a@b',
      password: 'p/@%',
      database: 'the x',
      connectTimeout: 3,
      session: { application_name: 'y&z' },
    });
    expect(readDatabaseUrl('postgres://db')).toMatchObject({
      user: undefined,
      password: undefined,
      database: undefined,
    });
  });

  it.each([
    ['', 'first', false, false],
    ['sslmode=disable', 'never', false, false],
    ['sslmode=allow', 'fallback', false, false],
    ['ssl=true', 'always', false, false],
    ['sslmode=require&uselibpqcompat=true', 'always', false, false],
    ['sslmode=verify-full', 'always', true, true],
    ['sslrootcert=system', 'always', true, true],
  ])('with %s uses TLS %s', (query, use, verifiesCertificate, verifiesHost) => {
    const { tls } = readDatabaseUrl(`postgres://db/x?${query}`);
    expect(tls).toMatchObject({ use, verifiesCertificate, verifiesHost });
  });

  it('takes PGSSLMODE for a URL without sslmode', () => {
    vi.stubEnv('PGSSLMODE', 'verify-full');
    expect(readDatabaseUrl('postgres://db/x').tls.verifiesHost).toBe(true);
    expect(readDatabaseUrl('postgres://db/x?sslmode=disable').tls.use).toBe('never');
    vi.stubEnv('PGSSLMODE', 'no-verify');
    expect(databaseUrlProblem('postgres://db/x')).toMatch(/^has sslmode=no-verify: it must be disable, allow, /);
  });

  it.each([
    ['mysql://db/x', 'must be a URL that starts with postgres:// or postgresql://'],
    ['postgres://', 'must be a URL that starts with postgres:// or postgresql://'],
    ['postgres://a:b#c@db/x', 'has a blank or a # in it: write %20 or %23'],
    ['postgres://a:100%@db/x', 'has a % that is not part of an escape such as %40: write %25'],
    ['postgres://db:port/x', 'has a host and port that cannot be read'],
    ['postgres://2001:db8::1/x', 'has a host and port that cannot be read'],
    ['postgres://db:70000/x', 'has a port that is not a whole number from 1 to 65535'],
    ['postgres:///x?host=one,two,three&port=1,2', 'has more ports than hosts, or fewer'],
    [
      'postgres://a,b/x?target_session_attrs=standby',
      'has target_session_attrs=standby: it must be any, read-write, primary',
    ],
    ['postgres://db/x?connect_timeout=soon', 'has a connect_timeout that is not a whole number from 1 to 86400'],
    ['postgres://db/x?ssl_mode=require', 'has the parameter ssl_mode, which is not supported'],
    ['postgres://db/x?sslmode=strict', 'has sslmode=strict: it must be disable, allow, prefer, require, verify-ca, '],
    ['postgres://db/x?require_auth=none', 'has require_auth=none: it must be scram-sha-256'],
    [
      'postgres://db/x?sslmode=verify-ca',
      'has sslmode=verify-ca without sslrootcert: with any public CA, others could',
    ],
    ['postgres://db/x?sslmode=require&sslrootcert=system', 'has sslrootcert=system, which needs sslmode=verify-full'],
    ['postgres://db/x?sslmode=require&sslrootcert=/nowhere', 'has sslrootcert=/nowhere, which cannot be read (ENOENT)'],
    [`postgres://db/x?sslrootcert=${text}`, `has sslrootcert=${text}, which is not a certificate in PEM`],
    ['postgres://db/x?sslcert=a.pem', 'needs both sslcert and sslkey, or neither'],
    [`postgres://db/x?sslcert=${text}&sslkey=${text}`, 'has an sslcert and sslkey that cannot be used: '],
    ['postgres://db/x?sslnegotiation=direct', 'has sslnegotiation=direct, which needs sslmode=require or stronger'],
  ])('refuses %s', (url, problem) => {
    expect(databaseUrlProblem(url)).toContain(problem);
  });

  it('names no secret in its errors', () => {
    for (const url of [
      'postgres://a:hunter2@db:x/y',
      'postgres://a:hunter2%@db/y',
      'postgres://a:hunter2@db/?pass=hunter2',
    ]) {
      expect(databaseUrlProblem(url)).toMatch(/^has (?!.*hunter2)/);
    }
  });
});
