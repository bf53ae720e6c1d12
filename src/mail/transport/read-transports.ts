import type { Settings } from '../../config/settings.js';
import type { TransportSettings } from './mail-transport.js';
import { mailboxKind } from './mailbox/mailbox-kind.js';
import { kindWithScheme, transportKinds } from './transport-kinds.js';
import { schemeOf } from './transport-url.js';

/** The most transports in one URL. */
const maxTransports = 10;

/**
 * Returns the transports that a URL describes, in the order in which a mail tries them: one, or those of
 * `failover(<url> <url>)`.
 *
 * @param settings for what a URL does not have, such as EMAIL_TIMEOUT
 * @throws Error whose message completes `EMAIL_URL`, ends with a full stop and contains no secret
 */
export function readTransports(text: string, settings: Settings): readonly TransportSettings[] {
  const { urls, isFailover } = urlsIn(text);
  return urls.map((url) => {
    const transport = readTransport(url, settings);
    // Mails would be lost without a failure.
    if (isFailover && transport.kind === mailboxKind.name) throw new Error('must not have mailbox:// in failover().');
    return transport;
  });
}

/**
 * Returns the URLs in `failover(<url> <url>)`, or the one that the text is.
 *
 * @throws as `readTransports` does
 */
export function urlsIn(text: string): { readonly urls: readonly string[]; readonly isFailover: boolean } {
  if (schemeOf(text) !== 'failover') return { urls: [text], isFailover: false };
  const list = /^failover\((.*)\)$/is.exec(text)?.[1];
  if (list === undefined) throw new Error('must be failover(<url> <url>) without anything after it.');
  const urls = list.split(/\s+/).filter((url) => url !== '');
  if (urls.length < 2)
    throw new Error('must have two or more URLs in failover(<url> <url>), with a space between them.');
  if (urls.length > maxTransports) throw new Error(`must not have more than ${maxTransports} URLs in failover().`);
  return { urls, isFailover: true };
}

function readTransport(url: string, settings: Settings): TransportSettings {
  const scheme = schemeOf(url);
  const kind = kindWithScheme(scheme);
  if (kind === undefined) {
    const known = transportKinds.flatMap(({ schemes }) => schemes.map((each) => `${each}://`));
    throw new Error(`must start with one of ${known.join(', ')}.`);
  }
  let transport;
  try {
    const { rest, limits } = limitsIn(url);
    transport = { ...kind.parse(rest, settings), ...limits };
  } catch (error) {
    throw new Error(`${(error as Error).message}.`, { cause: error });
  }
  const problem = kind.problem(transport);
  if (problem !== undefined) throw new Error(`cannot be used: ${problem}`);
  return transport;
}

/** Returns the limits in a URL, which every kind may have, and the URL without them. */
function limitsIn(url: string): { rest: string; limits: Pick<TransportSettings, 'rate' | 'concurrency'> } {
  const start = url.indexOf('?');
  if (start < 0) return { rest: url, limits: {} };
  const parameters = url.slice(start + 1).split('&');
  const valuesOf = (name: string): string[] => parameters.filter((parameter) => parameter.startsWith(`${name}=`));
  const others = parameters.filter((parameter) => !/^(rate|concurrency)=/.test(parameter));
  const query = others.length === 0 ? '' : `?${others.join('&')}`;
  const rate = rateIn(valuesOf('rate'));
  const concurrency = concurrencyIn(valuesOf('concurrency'));
  return {
    rest: `${url.slice(0, start)}${query}`,
    limits: { ...(rate !== undefined && { rate }), ...(concurrency !== undefined && { concurrency }) },
  };
}

/** Returns mails per second. */
function rateIn([value, second]: readonly string[]): number | undefined {
  if (value === undefined) return undefined;
  const [, number, unit] = /^rate=(\d{1,6})\/([smh])$/.exec(value) ?? [];
  if (second !== undefined || number === undefined || Number(number) === 0) {
    throw new Error('must have one rate such as rate=14/s, rate=100/m or rate=1000/h');
  }
  const seconds = unit === 's' ? 1 : unit === 'm' ? 60 : 3600;
  return Number(number) / seconds;
}

function concurrencyIn([value, second]: readonly string[]): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(/^concurrency=(\d{1,3})$/.exec(value)?.[1] ?? 0);
  if (second !== undefined || number === 0) throw new Error('must have one concurrency from 1 to 999');
  return number;
}
