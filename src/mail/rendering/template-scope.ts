import { cut, multiLine, singleLine } from '../../templating/plain-text.js';
import { emptyScope, readMoment, type Scope } from '../../templating/scope.js';
import { limits } from './limits.js';
import type { MailData } from './mail-data.js';

/** Names of the values that there may be; a template that reads another one has made a mistake. */
export const declaredNames: ReadonlySet<string> = new Set([
  'url',
  'not_me_url',
  'recovery_url',
  'code',
  'code_expires',
  'user',
  'expires',
  'title',
  'body',
  'key_value',
  'source',
  'host',
  'is_last',
  'subject',
  'locale',
  'direction',
  'align',
]);

/**
 * Copies the declared values, and nothing else, into what templates read (`MailData` says what is done to them). The
 * copy has no prototypes, no methods and no accessors, so there is nothing for a template to reach through.
 *
 * @param warn is told of values that are left out or shortened, by name and never by content
 */
export function templateScope(data: MailData, warn: (message: string) => void): Scope {
  const copier = new Copier(warn);
  // Data that came as JSON may hold anything under these names.
  const given: Readonly<Record<keyof MailData, unknown>> = { ...noData, ...data };
  const values: Readonly<Record<keyof MailData, unknown>> = {
    url: given.url === undefined ? undefined : webAddress(copier.line(given.url, 'url'), warn),
    not_me_url:
      given.not_me_url === undefined ? undefined : webAddress(copier.line(given.not_me_url, 'not_me_url'), warn),
    recovery_url:
      given.recovery_url === undefined ? undefined : webAddress(copier.line(given.recovery_url, 'recovery_url'), warn),
    code: copier.line(given.code, 'code'),
    user: copier.fields(given.user, 'user', ['username', 'name', 'email', 'attributes']),
    code_expires: moment(given.code_expires, 'code_expires', warn),
    expires: moment(given.expires, 'expires', warn),
    title: copier.line(given.title, 'title'),
    body: copier.text(given.body, 'body'),
    key_value: copier.copy(given.key_value, 'key_value'),
    source: copier.fields(given.source, 'source', ['from']),
    host: copier.line(given.host, 'host'),
    is_last: given.is_last === true ? true : undefined,
  };
  const scope = emptyScope();
  for (const [name, value] of Object.entries(values)) if ((value ?? '') !== '') scope[name] = value;
  return scope;
}

const noData: Readonly<Record<keyof MailData, undefined>> = {
  url: undefined,
  not_me_url: undefined,
  recovery_url: undefined,
  code: undefined,
  code_expires: undefined,
  user: undefined,
  expires: undefined,
  title: undefined,
  body: undefined,
  key_value: undefined,
  source: undefined,
  host: undefined,
  is_last: undefined,
};

/** Only what opens a page in a browser may stand in a link: no script, no file, nothing relative. */
function webAddress(address: string, warn: (message: string) => void): string {
  if (/^https?:\/\//i.test(address) && URL.canParse(address)) return address;
  warn('url is not an absolute http or https address and is left out');
  return '';
}

function moment(value: unknown, name: string, warn: (message: string) => void): Date | undefined {
  const read = readMoment(value);
  if (read === undefined && value !== undefined) warn(`${name} is not a moment in time and is left out`);
  return read;
}

class Copier {
  private left: number = limits.values;

  constructor(private readonly warn: (message: string) => void) {}

  /** A value that is shown in one line. */
  line(value: unknown, name: string): string {
    return this.shortened(singleLine(written(value)), name);
  }

  /** A value that may have several lines. */
  text(value: unknown, name: string): string {
    return this.shortened(multiLine(written(value)), name);
  }

  /** Some fields of an object. */
  fields(value: unknown, name: string, fields: readonly string[]): unknown {
    if (typeof value !== 'object' || value === null) return undefined;
    return this.copy(Object.fromEntries(Object.entries(value).filter(([field]) => fields.includes(field))), name);
  }

  copy(value: unknown, name: string, depth = 0): unknown {
    if (value === undefined || value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (value instanceof Date) return readMoment(value);
    if (typeof value !== 'object') return this.line(value, name);
    if (depth >= limits.valueDepth) {
      this.warn(`${name} holds values deeper than ${limits.valueDepth} levels; those are left out`);
      return null;
    }
    if (Array.isArray(value))
      return value.filter(() => this.take(name)).map((item) => this.copy(item, name, depth + 1));
    const copied = emptyScope();
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined && this.take(name)) copied[this.line(key, name)] = this.copy(item, name, depth + 1);
    }
    return copied;
  }

  private shortened(text: string, name: string): string {
    if (text.length > limits.value) this.warn(`${name} has more than ${limits.value} characters and is cut`);
    return cut(text, limits.value);
  }

  private take(name: string): boolean {
    if (this.left === 0) this.warn(`${name} holds more than ${limits.values} values; those at the end are left out`);
    this.left -= 1;
    return this.left >= 0;
  }
}

/** Text, numbers and booleans as text; nothing for anything else. */
function written(value: unknown): string {
  const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  return isPlain ? String(value) : '';
}
