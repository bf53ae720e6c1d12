import type { OutgoingRequest, OutgoingResponse } from '../../../outgoing/http-request.js';
import type { TransportSettings } from '../mail-transport.js';
import type { OAuthSettings } from '../oauth/oauth-settings.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import type { TransportUrl } from '../transport-url.js';

/** The account at a provider with an HTTP API. */
export interface HttpSettings extends TransportSettings {
  readonly kind: 'http';
  /** Name of the provider, such as `resend`. */
  readonly provider: string;
  /** Where its API is: paths of requests are relative to it. */
  readonly endpoint: string;
  /** Identifier of a key whose secret signs requests. */
  readonly keyId?: string;
  /** API key, or the secret that signs requests. */
  readonly secret: string;
  /** For access tokens instead of an API key. */
  readonly oauth?: OAuthSettings;
  /** Further parameters of the URL. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Seconds to wait for a response. */
  readonly timeout: number;
}

/** A request of a provider's API; `path` is relative to the endpoint. */
export interface ProviderRequest extends Omit<OutgoingRequest, 'url'> {
  readonly path: string;
}

/** What the response to a mail says. */
export interface ProviderAnswer {
  /**
   * - `accepted`: the provider has the mail
   * - `refused`: it can never be sent: the recipient or the content is refused
   * - `deferred`: an administrator can fix it, or the provider is busy
   */
  readonly kind: 'accepted' | 'refused' | 'deferred';
  /** The provider's identifier of an accepted mail. */
  readonly messageId?: string | undefined;
  /** The provider's words. */
  readonly text: string;
  /** What to do, in sentences, if it is more than the status says. */
  readonly advice?: string | undefined;
}

/** A provider of mail with an HTTP API. */
export interface HttpProvider {
  /** Also the scheme of EMAIL_URL. */
  readonly name: string;
  /** Host of its API, which may depend on the parameters; undefined if the URL must name it. */
  readonly host: string | ((parameters: Readonly<Record<string, string>>) => string) | undefined;
  /** Names of parameters of its URL. */
  readonly parameters: readonly string[];
  /** Whether the URL has the identifier of the key as its user name, and the secret as its password. */
  readonly hasKeyId?: boolean;
  /** Whether the provider recognizes a repeated mail, so that a retry after a lost response never doubles it. */
  readonly isIdempotent: boolean;
  /** Reads a URL of another form. @throws as `readTransportUrl` does */
  parse?(url: TransportUrl): Pick<HttpSettings, 'endpoint' | 'secret' | 'oauth'>;
  /** Returns why the settings cannot be used; undefined if they can. */
  problem?(settings: HttpSettings): string | undefined;
  /** Returns the request that sends a mail. */
  send(mail: OutgoingMail, settings: HttpSettings, now: Date): ProviderRequest;
  /** Reads the response to that request. */
  read(response: OutgoingResponse): ProviderAnswer;
  /** Returns a request that needs the API key and sends nothing. */
  check(settings: HttpSettings, now: Date, sender: string): ProviderRequest;
  /** Returns why a check has failed; undefined if a mail could be sent. */
  readCheck(response: OutgoingResponse): string | undefined;
}

/** Returns the server of a provider's API, `host:port`. */
export function serverOf({ endpoint }: HttpSettings): string {
  const { hostname, port, protocol } = new URL(endpoint);
  const usual = protocol === 'https:' ? '443' : '80';
  return `${hostname}:${port === '' ? usual : port}`;
}

/** Whether a status means success. */
export function isSuccess({ status }: OutgoingResponse): boolean {
  return status >= 200 && status < 300;
}

/** Whether a status means that the request was wrong, and would be wrong again. */
export function isRefusal({ status }: OutgoingResponse): boolean {
  return [400, 413, 422].includes(status);
}

/** Returns the parts of a mail's address as one text (RFC 5322, 3.4). */
export function mailboxText({ name, address }: OutgoingMail['from']): string {
  return name === '' ? address : `"${name.replaceAll(/(["\\])/g, '\\$1')}" <${address}>`;
}

export const json = { 'content-type': 'application/json', accept: 'application/json' };
