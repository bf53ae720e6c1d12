import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { loopbackFreeNetworks } from './networks.js';

/** One variable of the environment: how it is read, what it is when unset, and what it is for. */
interface Setting<T> {
  readonly comment: string;
  readonly fallback: T;
  /** A secret may also come from the file that `<NAME>_FILE` names. */
  readonly secret: boolean;
  /** Gives the value, or throws an `Error` whose message completes "NAME ...". */
  readonly parse: (text: string) => NonNullable<T>;
}

function text<T extends string | undefined>(fallback: T, comment: string): Setting<T> {
  return { comment, fallback, secret: false, parse: (value) => value as NonNullable<T> };
}

function secret(comment: string): Setting<string | undefined> {
  return { comment, fallback: undefined, secret: true, parse: (value) => value };
}

function integer(fallback: number, minimum: number, maximum: number, comment: string): Setting<number> {
  const parse = (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < minimum || number > maximum) {
      throw new Error(`must be a whole number from ${minimum} to ${maximum}`);
    }
    return number;
  };
  return { comment, fallback, secret: false, parse };
}

function flag(fallback: boolean, comment: string): Setting<boolean> {
  const words = new Map([
    ['true', true],
    ['1', true],
    ['yes', true],
    ['false', false],
    ['0', false],
    ['no', false],
  ]);
  const parse = (value: string): boolean => {
    const known = words.get(value.toLowerCase());
    if (known === undefined) throw new Error('must be true or false');
    return known;
  };
  return { comment, fallback, secret: false, parse };
}

function choice<const T extends string>(fallback: T, choices: readonly T[], comment: string): Setting<T> {
  const parse = (value: string): T => {
    const known = choices.find((name) => name === value);
    if (known === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return known;
  };
  return { comment, fallback, secret: false, parse };
}

function url(protocols: readonly string[], setting: Setting<string | undefined>): Setting<string | undefined> {
  const parse = (value: string): string => {
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
      throw new Error(
        `must be a URL that starts with ${protocols.map((name) => (['mailto:', 'tel:'].includes(name) ? name : `${name}//`)).join(' or ')}`,
      );
    }
    return value;
  };
  return { ...setting, parse };
}

/** Three or six hexadecimal digits. `#` may stand before them, but begins a comment in an env file. */
function colour(fallback: string, comment: string): Setting<string> {
  const parse = (value: string): string => {
    const [, digits] = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value) ?? [];
    if (digits === undefined) throw new Error('must be a colour such as 2450c8');
    return digits.toLowerCase();
  };
  return { comment, fallback, secret: false, parse };
}

function atLeast(length: number, setting: Setting<string | undefined>): Setting<string | undefined> {
  const parse = (value: string): string => {
    if (value.length < length) throw new Error(`must have at least ${length} characters`);
    return value;
  };
  return { ...setting, parse };
}

function networks(comment: string): Setting<readonly string[]> {
  return { comment, fallback: [], secret: false, parse: loopbackFreeNetworks };
}

/** A moment as in RFC 3339, or a day. */
function moment(comment: string): Setting<string | undefined> {
  const parse = (value: string): string => {
    const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(time)) throw new Error('must be a date such as 2027-06-30');
    return new Date(time).toISOString();
  };
  return { comment, fallback: undefined, secret: false, parse };
}

/** Every setting there is, in the order of `.env.example`. */
export const definitions = {
  HOST: text('127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface'),
  PORT: integer(9000, 0, 65_535, 'Port to listen on; 0 takes a free one'),
  PUBLIC_URL: url(['http:', 'https:'], text(undefined, 'Address that users reach (default http://HOST:PORT)')),
  TRUST_PROXY: text<string | undefined>(
    undefined,
    'Reverse proxies whose X-Forwarded-* headers are believed: addresses and networks, comma separated',
  ),
  ROLE: choice('all', ['all', 'api', 'worker'], 'What this process does: all, api or worker'),
  REQUEST_TIMEOUT: integer(60, 1, 3600, 'Seconds in which a whole request must arrive, with its headers and its body'),
  MAX_CONNECTIONS: integer(2000, 1, 1_000_000, 'Connections of clients at the same time; more are closed at once'),
  BODY_MEMORY: integer(64, 1, 65_536, 'Megabytes that the bodies of all requests take at the same time'),
  METRICS_TOKEN: atLeast(
    16,
    secret('Bearer token for /-/metrics/, at least 16 characters (default: nobody reads the metrics with a token)'),
  ),
  METRICS_NETWORKS: networks(
    'Networks whose clients read /-/metrics/ without a token, comma separated, such as 10.0.0.0/8; no loopback',
  ),
  SECURITY_CONTACT: url(
    ['mailto:', 'https:', 'tel:'],
    text(undefined, 'Where to report vulnerabilities, in /.well-known/security.txt: mailto:, https: or tel:'),
  ),
  SECURITY_EXPIRES: moment('Day on which that contact expires, at most a year ahead; required with SECURITY_CONTACT'),
  LOG_LEVEL: choice(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'Least important lines that are logged: fatal, error, warn, info, debug, trace or silent',
  ),
  DATA_DIR: text('./data', 'Folder for the embedded database, generated secrets and uploads'),
  DATABASE_URL: url(
    ['postgres:', 'postgresql:'],
    secret('PostgreSQL to use, postgres://user:password@host:port/name (default: an embedded server in DATA_DIR)'),
  ),
  STATEMENT_TIMEOUT: integer(
    15,
    1,
    3600,
    'Seconds that one statement of a request can take; lists that are slower get 503',
  ),
  SECRET_KEY: atLeast(
    32,
    secret(
      'Encrypts stored secrets, at least 32 characters; required with DATABASE_URL (default: made once in DATA_DIR)',
    ),
  ),
  BOOTSTRAP_TOKEN: atLeast(
    32,
    secret('API token of the administrator, set at every start, at least 32 characters (default: random, shown once)'),
  ),
  BOOTSTRAP_EMAIL: text('root@example.com', 'Email address of the administrator that the first start creates'),
  BOOTSTRAP_PASSWORD: secret(
    'Password of the administrator that the first start creates, at least 8 characters (default: none is set)',
  ),
  SESSION_LIFETIME: integer(
    86_400,
    300,
    31_536_000,
    'Seconds for the next step of a flow (for the first one an hour at most), and of a sign-in without a duration of its own',
  ),
  SIGN_UP_CLIENT_LIMIT: integer(
    30,
    1,
    1_000_000,
    'Accounts that one client address can create in SIGN_UP_CLIENT_WINDOW',
  ),
  SIGN_UP_CLIENT_WINDOW: integer(300, 1, 86_400, 'Seconds that this limit is for'),
  GUESS_CLIENT_LIMIT: integer(
    60,
    1,
    1_000_000,
    'Wrong passwords, and wrong codes, that one client network can try; browsers that have signed in before count apart',
  ),
  GUESS_CLIENT_WINDOW: integer(
    3600,
    1,
    86_400,
    'Seconds in which that many are allowed again, evenly: by default one a minute',
  ),
  UNCONFIRMED_RETENTION: integer(
    30,
    0,
    3650,
    'Days that accounts are kept whose owners signed up and never confirmed their address; 0: for good',
  ),
  BRAND_NAME: text('email-stage', 'Name of the installation that pages show'),
  BRAND_COLOR: colour('2450c8', 'Colour of buttons and links on pages, hexadecimal'),
  BRAND_LOGO: text<string | undefined>(undefined, 'Image file of the logo on pages: SVG, PNG, JPEG, WebP, GIF or AVIF'),
  PAGE_TEMPLATE_DIR: text<string | undefined>(
    undefined,
    'Folder whose templates replace those of pages with the same name; a custom.css there is added to every page',
  ),
  EMAIL_HOST: text<string | undefined>(undefined, 'SMTP server of stages that use the global settings'),
  EMAIL_PORT: integer(25, 1, 65_535, 'Port of that server'),
  EMAIL_USERNAME: text('', 'User name for that server; empty: no authentication'),
  EMAIL_PASSWORD: secret('Password for that server'),
  EMAIL_USE_TLS: flag(false, 'Require STARTTLS'),
  EMAIL_USE_SSL: flag(false, 'TLS from the first byte'),
  EMAIL_TIMEOUT: integer(30, 1, 3600, 'Seconds to wait for that server'),
  EMAIL_CA_FILE: text<string | undefined>(
    undefined,
    'File of certificates (PEM) of authorities that mail servers may be signed by, besides the public ones',
  ),
  EMAIL_TLS_INSECURE: flag(false, 'Accept any certificate of mail servers; never for mails that matter'),
  EMAIL_ALLOW_CLEAR_LOGIN: flag(
    false,
    'Log in to mail servers without TLS, where the password can be read on the way; without it only to this machine',
  ),
  EMAIL_FROM: text('email-stage@localhost', 'Sender of mails that use the global settings'),
  EMAIL_TEMPLATE_DIR: text('/templates', 'Folder of custom mail templates'),
  MAIL_CONCURRENCY: integer(50, 1, 500, 'How many mails a worker sends at a time'),
  MAIL_LEASE: integer(30, 2, 3600, 'Seconds after which a mail is taken from a worker that gives no sign of life'),
  MAIL_RETENTION: integer(30, 1, 3650, 'Days that sent and failed mails are kept in the list of messages'),
  MAIL_CLIENT_LIMIT: integer(30, 1, 1_000_000, 'Mails that one client address can have sent in MAIL_CLIENT_WINDOW'),
  MAIL_CLIENT_WINDOW: integer(300, 1, 86_400, 'Seconds that this limit is for'),
  MAIL_ENDS_OLDER_LINKS: flag(true, 'Whether having a mail sent again ends the link in the one before'),
  MAIL_MAX_AGE: integer(900, 10, 86_400, 'Seconds a mail may be overdue before a worker reports that it is not ready'),
  BLUEPRINT_DIR: text<string | undefined>(
    undefined,
    'Folder of blueprints, files of flows and stages, that are applied at every start after they have changed',
  ),
  BLUEPRINT_ENV: text('', 'Environment variables that blueprints may read with !Env, comma separated'),
  TOKENS_PER_USER: integer(
    100,
    1,
    1_000_000,
    'API tokens and app passwords that one user can have; expired ones do not count',
  ),
  INVITATIONS_PER_USER: integer(1000, 1, 1_000_000, 'Invitations that one user can have created'),
};

type Definitions = typeof definitions;
type CamelCase<T extends string> = T extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<T>;

/** The settings as the code uses them: `EMAIL_USE_TLS` is `emailUseTls`. */
export type Settings = {
  readonly [Name in keyof Definitions as CamelCase<Name>]: Definitions[Name]['fallback'];
};

/** The environment holds values that cannot be used; the message names every one of them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Prefixes under which a variable we do not know is most likely a misspelt setting. */
const ourPrefixes = [
  'METRICS_',
  'SECURITY_',
  'EMAIL_',
  'SIGN_UP_',
  'MAIL_',
  'BOOTSTRAP_',
  'DATABASE_',
  'BRAND_',
  'PAGE_',
  'BLUEPRINT_',
];

/**
 * The environment that settings are read from: the process's own, completed by the file `.env` in `folder` if there
 * is one. The process's variables win.
 */
export function environment(folder = process.cwd()): NodeJS.ProcessEnv {
  let file = '';
  try {
    file = readFileSync(`${folder}/.env`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { ...parseEnv(file), ...process.env };
}

/**
 * Reads every setting.
 *
 * @returns the settings, and a line for each variable that looks like a misspelt setting
 * @throws SettingsError that names every variable whose value cannot be used
 */
export function readSettings(env: NodeJS.ProcessEnv): { settings: Settings; warnings: string[] } {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(definitions) as [string, Setting<unknown>][]) {
    try {
      const given = valueOf(name, setting, env);
      values[camelCase(name)] = given === undefined ? setting.fallback : setting.parse(given);
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`);
    }
  }
  if (values['databaseUrl'] && !values['secretKey'] && !problems.some((line) => line.startsWith('SECRET_KEY '))) {
    problems.push('SECRET_KEY is required with DATABASE_URL');
  }
  if (values['securityContact'] && !values['securityExpires']) {
    problems.push('SECURITY_EXPIRES is required with SECURITY_CONTACT');
  }
  if (problems.length > 0) throw new SettingsError(`Settings that cannot be used:\n  ${problems.join('\n  ')}`);
  return { settings: values as Settings, warnings: misspelt(env) };
}

/** Where users reach this service, without a slash at the end. */
export function publicUrl(settings: Settings, port = settings.port): string {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return (settings.publicUrl ?? `http://${host}:${port}`).replace(/\/+$/, '');
}

function valueOf(name: string, setting: Setting<unknown>, env: NodeJS.ProcessEnv): string | undefined {
  const value = unlessEmpty(env[name]);
  const file = setting.secret ? unlessEmpty(env[`${name}_FILE`]) : undefined;
  if (file === undefined) return value;
  if (value !== undefined) throw new Error(`and ${name}_FILE are both set; set one of them`);
  try {
    return unlessEmpty(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`cannot be read from ${name}_FILE: ${(error as Error).message}`, { cause: error });
  }
}

/** An empty variable is an unset one: that is what a line `NAME=` of an env file means. */
function unlessEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function misspelt(env: NodeJS.ProcessEnv): string[] {
  const known = new Set(Object.keys(definitions));
  return Object.keys(env)
    .filter((name) => ourPrefixes.some((prefix) => name.startsWith(prefix)))
    .filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')))
    .map((name) => `${name} is set but is not a setting of this service; is it misspelt?`);
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Injects the settings. */
export const SETTINGS = Symbol('settings');
