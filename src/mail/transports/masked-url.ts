import { urlsIn } from '../transport/read-transports.js';
import { redacted } from '../transport/secret-mask.js';
import { kindWithScheme } from '../transport/transport-kinds.js';
import { schemeOf } from '../transport/transport-url.js';

/** Parameters that may change while the secrets stay. */
const limits = ['rate', 'concurrency'];

/**
 * Returns the URL of a transport with `***` in place of its secrets.
 *
 * @param text one that `readTransports` accepts
 */
export function maskedUrl(text: string): string {
  return mapUrls(text, masked);
}

/**
 * Returns the URL that a client means: where it has `***`, the stored secret of a transport that differs in nothing but its
 * limits. With any other change, a caller who may not know the secret could send it to a server of their own.
 *
 * @param stored undefined for a new transport
 * @throws Error whose message completes `The URL`
 */
export function withStoredSecrets(text: string, stored: string | undefined): string {
  const known = stored === undefined ? [] : urlsIn(stored).urls;
  return mapUrls(text, (url) => {
    if (!hasMask(url)) return url;
    const [first, ...more] = new Set(
      known.filter((each) => withoutLimits(masked(each)) === withoutLimits(url)).map(withoutLimits),
    );
    if (first === undefined || more.length > 0) {
      throw new Error(
        `has ${redacted} in place of a secret: while it stays, only ${limits.join(' and ')} can change. Write the secret.`,
      );
    }
    return withParameters(first, (stays) => [...stays, ...parametersOf(url).filter(isLimit)]);
  });
}

/** Returns the names of the parameters in any of the URLs, decoded. */
export function parameterNames(text: string): string[] {
  return urlsIn(text).urls.flatMap((url) => (URL.canParse(url) ? [...new URL(url).searchParams.keys()] : []));
}

function mapUrls(text: string, map: (url: string) => string): string {
  const { urls, isFailover } = urlsIn(text);
  const mapped = urls.map(map).join(' ');
  return isFailover ? `failover(${mapped})` : mapped;
}

function masked(text: string): string {
  const hidden = secretPartsOf(text);
  const url = new URL(text);
  if (url.password !== '') url.password = redacted;
  if (url.username !== '' && hidden.includes('username')) url.username = redacted;
  return withParameters(url.href, (parameters) =>
    parameters.map((parameter) => {
      const [name = ''] = new URLSearchParams(parameter).keys();
      return hidden.includes(name) ? `${name}=${redacted}` : parameter;
    }),
  );
}

/** Whether one of the secrets is `***`. */
function hasMask(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, searchParams } = new URL(text);
  const parts = secretPartsOf(text);
  return (
    password === redacted ||
    (username === redacted && parts.includes('username')) ||
    [...searchParams].some(([name, value]) => value === redacted && parts.includes(name))
  );
}

function secretPartsOf(url: string): readonly string[] {
  const scheme = schemeOf(url) ?? '';
  return kindWithScheme(scheme)?.secretParts(scheme) ?? ['username'];
}

function withoutLimits(url: string): string {
  return withParameters(url, (parameters) => parameters.filter((parameter) => !isLimit(parameter)));
}

/** As `readTransports` finds them. */
function isLimit(parameter: string): boolean {
  return limits.some((name) => parameter.startsWith(`${name}=`));
}

function parametersOf(url: string): string[] {
  return new URL(url).search.slice(1).split('&').filter(Boolean);
}

function withParameters(text: string, change: (parameters: readonly string[]) => readonly string[]): string {
  const url = new URL(text);
  url.search = change(parametersOf(text)).join('&');
  return url.href;
}
