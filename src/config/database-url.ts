import { readDatabaseTls, type DatabaseTls } from './database-tls.js';

/** Address of a database server. */
export interface ServerAddress {
  /** A host name, an IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** What a server must be, apart from reachable. */
export type TargetServer = 'any' | 'read-write' | 'primary';

/** A database URL as it was read. */
export interface DatabaseUrl {
  /** Servers to try, in this order. */
  readonly addresses: readonly ServerAddress[];
  readonly target: TargetServer;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: DatabaseTls;
  /** Whether the server has to prove by SCRAM-SHA-256 that it knows the password. */
  readonly requireScram: boolean;
  /** Whether that proof has to include the TLS connection. */
  readonly requireChannelBinding: boolean;
  /** Seconds in which a connection to one server must be open; undefined: the limit of the caller. */
  readonly connectTimeout: number | undefined;
  /** Parameters of the session, by their names in pg. */
  readonly session: Readonly<Record<string, string>>;
}

/** Parameters of the session; the last four are pg's, not libpq's. */
const sessionParameters = [
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'options',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
];

/** Parameters without effect here. TCP keep-alive is always on. */
const ignored = ['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'];

/** Parameters with a text or number as their value. */
const texts = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'connect_timeout',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
];

/** Parameters with few values. An unsupported value, or an unknown parameter, would otherwise silently protect nothing. */
const choices: Readonly<Record<string, readonly string[]>> = {
  sslnegotiation: ['postgres', 'direct'],
  // A synonym of sslmode=require for programs that come from JDBC, as in libpq.
  ssl: ['true'],
  channel_binding: ['disable', 'prefer', 'require'],
  require_auth: ['scram-sha-256'],
  // The service writes, so it has no use for a standby.
  target_session_attrs: ['any', 'read-write', 'primary'],
  gssencmode: ['disable', 'prefer'],
  uselibpqcompat: ['true'],
};

/**
 * Reads the URL of a PostgreSQL database with the meaning that libpq gives it, and the files that it names.
 *
 * @throws Error whose message completes the name of the setting, without parts that may be secret
 */
export function readDatabaseUrl(url: string): DatabaseUrl {
  if (!/^postgres(ql)?:\/\/./i.test(url))
    throw new Error('must be a URL that starts with postgres:// or postgresql://');
  if (/[\s#]/.test(url)) throw new Error('has a blank or a # in it: write %20 or %23');
  const [, credentials, hosts = '', database = '', query = ''] =
    /^\w+:\/\/(?:([^/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url) ?? [];
  const parameters = readParameters(query);
  const timeout = parameters['connect_timeout'];
  const [, user = '', password = ''] = /^([^:]*)(?::(.*))?$/.exec(credentials ?? '') ?? [];
  return {
    addresses: readAddresses(parameters['host'] ?? hosts, parameters['port']?.split(',')),
    target: (parameters['target_session_attrs'] ?? 'any') as TargetServer,
    user: parameters['user'] ?? unlessEmpty(decode(user)),
    password: parameters['password'] ?? unlessEmpty(decode(password)),
    database: parameters['dbname'] ?? unlessEmpty(decode(database)),
    tls: readDatabaseTls(parameters),
    requireScram: parameters['require_auth'] !== undefined,
    requireChannelBinding: parameters['channel_binding'] === 'require',
    connectTimeout: timeout === undefined ? undefined : readNumber('connect_timeout', timeout, 86_400),
    session: Object.fromEntries(Object.entries(parameters).filter(([name]) => sessionParameters.includes(name))),
  };
}

/** Returns what is wrong with the URL of a database, if anything. */
export function databaseUrlProblem(url: string): string | undefined {
  try {
    readDatabaseUrl(url);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns what is wrong with DATABASE_DIRECT_URL, if anything. */
export function directUrlProblem(settings: { databaseUrl?: string; databaseDirectUrl?: string }): string | undefined {
  if (settings.databaseDirectUrl === undefined) return undefined;
  if (settings.databaseUrl === undefined) return 'is set without DATABASE_URL';
  return databaseUrlProblem(settings.databaseDirectUrl);
}

function readParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(part) ?? [];
    parameters[decode(name)] = decode(value);
  }
  for (const [name, value] of Object.entries(parameters)) {
    const known = choices[name];
    if (known?.includes(value) === false) throw new Error(`has ${name}=${value}: it must be ${known.join(', ')}`);
    if (known === undefined && ![...sessionParameters, ...ignored, ...texts].includes(name)) {
      throw new Error(`has the parameter ${name}, which is not supported`);
    }
  }
  return parameters;
}

function readAddresses(hosts: string, ports: readonly string[] = []): ServerAddress[] {
  const list = hosts.split(',');
  if (ports.length > 1 && ports.length !== list.length) throw new Error('has more ports than hosts, or fewer');
  return list.map((host, index) => readAddress(decode(host), ports[index] ?? ports[0]));
}

function readAddress(host: string, givenPort: string | undefined): ServerAddress {
  const { PGHOST = 'localhost', PGPORT = '5432' } = process.env;
  const [, name = '', port = ''] = /^(\[[^\]]*\]|\/.*|[^:]*)(?::(\d*))?$/.exec(host) ?? ['', '-'];
  if (name === '-') throw new Error('has a host and port that cannot be read');
  return {
    host: unlessEmpty(name.replace(/^\[(.*)\]$/, '$1')) ?? PGHOST,
    port: readNumber('port', unlessEmpty(givenPort ?? port) ?? PGPORT, 65_535),
  };
}

function readNumber(name: string, value: string, maximum: number): number {
  if (!/^\d{1,6}$/.test(value) || Number(value) < 1 || Number(value) > maximum) {
    throw new Error(`has a ${name} that is not a whole number from 1 to ${maximum}`);
  }
  return Number(value);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a % that is not part of an escape such as %40: write %25');
  }
}

function unlessEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}
