import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { DatabaseClient } from '../../src/database/database-client.js';
import { ServiceProcess } from '../support/service-process.js';
import { authorityFile, credentials, fileOf } from '../support/smtp/certificates.js';
import { TlsDatabase } from '../support/tls-database.js';

let database: TlsDatabase;
beforeAll(async () => {
  database = await TlsDatabase.start();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.admit('host');
  await database.serve('localhost');
});

/** Connects, and returns whether the connection has TLS. */
async function connect(parameters: Record<string, string>, host?: string): Promise<'TLS' | 'clear'> {
  const client = new DatabaseClient({ connectionString: database.url(parameters, host) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    return rows[0]?.ssl === true ? 'TLS' : 'clear';
  } finally {
    await client.end();
  }
}

const ca = { sslrootcert: authorityFile };
const roots = { 'its CA': ca, 'public CAs': { sslrootcert: 'system' }, 'no CA': {} };

describe('sslmode of the database URL', () => {
  it.each([
    ['disable', 'clear'],
    ['allow', 'clear'],
    ['prefer', 'TLS'],
    ['require', 'TLS'],
  ])('%s connects to a server with a certificate that is not verified: %s', async (sslmode, expected) => {
    await database.serve('expired');
    expect(await connect({ sslmode })).toBe(expected);
  });

  it('is prefer by default', async () => {
    expect(await connect({})).toBe('TLS');
    await database.serve(undefined);
    expect(await connect({})).toBe('clear');
  });

  it.each([
    ['disable', 'hostssl', /no pg_hba.conf entry/],
    ['allow', 'hostssl', 'TLS'],
    ['prefer', 'hostnossl', 'clear'],
    ['require', 'hostnossl', /no pg_hba.conf entry/],
  ] as const)('%s with a server that admits %s only: %s', async (sslmode, type, expected) => {
    await database.admit(type);
    const connecting = connect({ sslmode });
    if (typeof expected === 'string') expect(await connecting).toBe(expected);
    else await expect(connecting).rejects.toThrow(expected);
  });

  it.each(['require', 'verify-full'])('%s refuses a server without TLS', async (sslmode) => {
    await database.serve(undefined);
    await expect(connect({ sslmode })).rejects.toThrow('has no TLS, which sslmode of the URL requires');
  });

  it.each([
    ['require', 'localhost', 'no CA', 'TLS'],
    ['require', 'localhost', 'its CA', 'TLS'],
    ['require', 'expired', 'its CA', /certificate has expired/],
    ['verify-ca', 'localhost', 'its CA', 'TLS'],
    ['verify-ca', 'wrong-host', 'its CA', 'TLS'],
    ['verify-ca', 'expired', 'its CA', /certificate has expired/],
    ['verify-full', 'localhost', 'its CA', 'TLS'],
    ['verify-full', 'wrong-host', 'its CA', /does not match certificate's altnames/],
    ['verify-full', 'localhost', 'no CA', /unable to verify the first certificate/],
    ['verify-full', 'localhost', 'public CAs', /unable to verify the first certificate/],
  ] as const)('%s with the certificate %s and %s: %s', async (sslmode, certificate, authorities, expected) => {
    await database.serve(certificate);
    for (const host of ['127.0.0.1', 'localhost']) {
      const connecting = connect({ sslmode, ...roots[authorities] }, host);
      if (typeof expected === 'string') expect(await connecting).toBe(expected);
      else await expect(connecting).rejects.toThrow(expected);
    }
  });
});

it('sslnegotiation=direct starts TLS at once', async () => {
  expect(await connect({ sslmode: 'require', sslnegotiation: 'direct' })).toBe('TLS');
});

it('sslcert and sslkey prove who the client is', async () => {
  await database.trust(credentials('client').cert);
  await database.admit('hostssl', 'clientcert=verify-full');
  await expect(connect({ sslmode: 'require' })).rejects.toThrow('connection requires a valid client certificate');
  const file = fileOf('client');
  expect(await connect({ sslmode: 'require', sslcert: file, sslkey: file })).toBe('TLS');
});

it('channel_binding=require refuses a connection without TLS', async () => {
  expect(await connect({ sslmode: 'require', channel_binding: 'require' })).toBe('TLS');
  const clear = connect({ sslmode: 'disable', channel_binding: 'require' });
  await expect(clear).rejects.toThrow('The database server has no channel binding, which the URL requires');
});

it('A wrong password is not tried again without TLS', async () => {
  const url = new URL(database.url({ sslmode: 'prefer' }));
  url.password = 'wrong';
  const client = new DatabaseClient({ connectionString: url.href });
  await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
});

it('The service uses TLS for all its connections', async () => {
  const service = ServiceProcess.start({
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url({ sslmode: 'verify-full', ...ca }, 'localhost'),
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
  });
  const [, url] = await service.prints(/(http:\/\/127\.0\.0\.1:\d+)\/api/);
  expect((await fetch(`${url}/-/health/ready/`)).status).toBe(200);
  const observer = new DatabaseClient({ connectionString: database.url({}) });
  await observer.connect();
  const { rows } = await observer.query(
    `select application_name as name, bool_and(ssl) as tls from pg_stat_ssl join pg_stat_activity using (pid)
      where application_name like 'email-stage%' and application_name <> 'email-stage presence' group by 1 order by 1`,
  );
  await observer.end();
  expect(rows).toEqual([
    { name: 'email-stage', tls: true },
    { name: 'email-stage worker', tls: true },
  ]);
  service.signal('SIGTERM');
  expect(await service.ended(), service.output).toBe(0);
});
