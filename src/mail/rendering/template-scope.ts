import type { Brand } from '../../templating/brand.js';
import { cut, multiLine, singleLine } from '../../templating/plain-text.js';
import { emptyScope, ownText, readMoment, type Scope } from '../../templating/scope.js';
import { limits } from './limits.js';
import type { MailData } from './mail-data.js';

/** Names of all template values; any other name in a template is a mistake of its author. */
export const declaredNames: ReadonlySet<string> = new Set([
  'url',
  'choices',
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
  'is_kept',
  'is_removed',
  'brand',
  'subject',
  'locale',
  'direction',
  'align',
]);

/**
 * Copies the declared values into the scope of a template, sanitized as `MailData` describes. The copy has no
 * prototypes, methods or accessors that a template could reach.
 *
 * @param warn receives the names, never the content, of values that are omitted or truncated
 */
export function templateScope(data: MailData, warn: (message: string) => void): Scope {
  const copier = new Copier(warn);
  // Data from JSON may have any type.
  const given: Readonly<Record<keyof MailData, unknown>> = { ...noData, ...data };
  const values: Readonly<Record<keyof MailData, unknown>> = {
    url: given.url === undefined ? undefined : webUrl(copier.line(given.url, 'url'), warn),
    choices: choices(given.choices, copier, warn),
    not_me_url: given.not_me_url === undefined ? undefined : webUrl(copier.line(given.not_me_url, 'not_me_url'), warn),
    recovery_url:
      given.recovery_url === undefined ? undefined : webUrl(copier.line(given.recovery_url, 'recovery_url'), warn),
    code: copier.line(given.code, 'code'),
    user: withText(copier.fields(given.user, 'user', ['username', 'name', 'email', 'attributes']), 'username'),
    code_expires: moment(given.code_expires, 'code_expires', warn),
    expires: moment(given.expires, 'expires', warn),
    title: copier.line(given.title, 'title'),
    body: copier.text(given.body, 'body'),
    key_value: copier.copy(given.key_value, 'key_value'),
    source: copier.fields(given.source, 'source', ['from']),
    host: copier.line(given.host, 'host'),
    is_last: given.is_last === true ? true : undefined,
    is_kept: given.is_kept === true ? true : undefined,
    is_removed: given.is_removed === true ? true : undefined,
  };
  const scope = emptyScope();
  for (const [name, value] of Object.entries(values)) if ((value ?? '') !== '') scope[name] = value;
  return scope;
}

/** Returns the values of the brand: name, footer, whether there is a logo, and colours of light and dark mode. */
export function brandScope({ name, footer, accent: { light, dark } }: Brand, hasLogo: boolean): Scope {
  return Object.assign(emptyScope(), {
    [ownText]: name,
    name,
    footer,
    has_logo: hasLogo,
    color: light.fill,
    text_color: light.onFill,
    link_color: light.ink,
    dark_link_color: dark.ink,
  });
}

const noData: Readonly<Record<keyof MailData, undefined>> = {
  url: undefined,
  choices: undefined,
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
  is_kept: undefined,
  is_removed: undefined,
};

/** Gives an object the text of one of its fields, as `{{ user }}` is the user name in Django. */
function withText(value: unknown, field: string): unknown {
  const text: unknown = isScope(value) ? value[field] : undefined;
  return isScope(value) ? Object.assign(value, { [ownText]: typeof text === 'string' ? text : '' }) : value;
}

function isScope(value: unknown): value is Scope {
  return typeof value === 'object' && value !== null;
}

/** Copies the choices of a mail, without those whose URL is omitted. */
function choices(value: unknown, copier: Copier, warn: (message: string) => void): unknown {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item: unknown) => {
    const choice = copier.fields(item, 'choices', ['username', 'url']);
    return isScope(choice) && webUrl(String(choice['url']), warn) !== '' ? [choice] : [];
  });
}

/** Returns the URL if it is absolute http or https, otherwise the empty string. */
function webUrl(address: string, warn: (message: string) => void): string {
  if (/^https?:\/\//i.test(address) && URL.canParse(address)) return address;
  warn('url is not an absolute http or https URL and is omitted');
  return '';
}

function moment(value: unknown, name: string, warn: (message: string) => void): Date | undefined {
  const read = readMoment(value);
  if (read === undefined && value !== undefined) warn(`${name} is not a valid time and is omitted`);
  return read;
}

class Copier {
  private remaining: number = limits.values;

  constructor(private readonly warn: (message: string) => void) {}

  /** Sanitizes a single-line value. */
  line(value: unknown, name: string): string {
    return this.truncated(singleLine(toText(value)), name);
  }

  /** Sanitizes a multi-line value. */
  text(value: unknown, name: string): string {
    return this.truncated(multiLine(toText(value)), name);
  }

  /** Copies some fields of an object. */
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
      this.warn(`${name} is nested deeper than ${limits.valueDepth} levels; deeper values are omitted`);
      return null;
    }
    if (Array.isArray(value))
      return value.filter(() => this.countValue(name)).map((item) => this.copy(item, name, depth + 1));
    const copied = emptyScope();
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined && this.countValue(name)) copied[this.line(key, name)] = this.copy(item, name, depth + 1);
    }
    return copied;
  }

  private truncated(text: string, name: string): string {
    if (text.length > limits.value) this.warn(`${name} has more than ${limits.value} characters and is truncated`);
    return cut(text, limits.value);
  }

  private countValue(name: string): boolean {
    if (this.remaining === 0) this.warn(`${name} has more than ${limits.values} values; the last ones are omitted`);
    this.remaining -= 1;
    return this.remaining >= 0;
  }
}

/** Converts strings, numbers and booleans to text, anything else to the empty string. */
function toText(value: unknown): string {
  const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  return isPlain ? String(value) : '';
}
