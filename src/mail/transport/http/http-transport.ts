import type { DatabaseClock } from '../../../database/database-clock.js';
import {
  type OutgoingResponse,
  RequestFailedError,
  type RequestLimits,
  type RequestRoute,
  sendRequest,
} from '../../../outgoing/http-request.js';
import type { MailTransport } from '../mail-transport.js';
import { TokenError } from '../oauth/token-error.js';
import type { TokenSource } from '../oauth/token-source.js';
import type { Outcome } from '../outcome.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import { type Report, testTimeoutSeconds } from '../report.js';
import { sanitize } from '../sanitize.js';
import { redacted } from '../secret-mask.js';
import { type HttpProvider, type HttpSettings, type ProviderRequest, serverOf } from './http-provider.js';

/** Statuses that say that the API key is wrong, or may not do this. */
const keyStatuses = [401, 403];

/** What a transport over HTTP works with. */
interface HttpTransportOptions {
  readonly clock: DatabaseClock;
  /** Tokens for requests, if the provider takes them. */
  readonly tokens: TokenSource | undefined;
  readonly route: RequestRoute;
  /** Aborts the mails in flight; its reason is an `Error` for administrators. */
  readonly stopping: AbortSignal;
}

/** Sends mails by the HTTP API of a provider. */
export class HttpTransport implements MailTransport {
  constructor(
    private readonly provider: HttpProvider,
    private readonly settings: HttpSettings,
    private readonly options: HttpTransportOptions,
  ) {}

  async send(mail: OutgoingMail): Promise<Outcome> {
    const { provider, settings } = this;
    const server = serverOf(this.settings);
    const seconds = Math.min(settings.timeout, settings.totalTimeout ?? settings.timeout);
    try {
      const response = await this.request(provider.send(mail, settings, this.options.clock.date()), seconds);
      return this.outcomeOf(response);
    } catch (error) {
      const isStopping = this.options.stopping.aborted;
      if (error instanceof TokenError) {
        const unreachable = error.isUnreachable && !isStopping;
        return { kind: 'deferred', reason: wordsOf(error), unreachable, server };
      }
      if (!(error instanceof RequestFailedError)) throw error;
      const { isDoubtful } = error;
      const caveat = isDoubtful && !provider.isIdempotent ? ' It may have accepted the mail.' : '';
      const unreachable = !isStopping;
      return { kind: 'deferred', reason: `${error.message}${caveat}`, unreachable, isDoubtful, server };
    }
  }

  async check(sender: string): Promise<Report> {
    const server = serverOf(this.settings);
    const start = performance.now();
    const request = this.provider.check(this.settings, this.options.clock.date(), sender);
    const lines = [`C: ${request.method} ${this.urlOf(request).href}`];
    const step = (ok: boolean, detail: string) => ({
      name: 'request',
      ok,
      milliseconds: Math.round(performance.now() - start),
      detail,
    });
    try {
      const response = await this.request(request, Math.min(this.settings.timeout, testTimeoutSeconds));
      const status = `${response.status} ${this.clean(response.body)}`.trim();
      const problem = this.provider.readCheck(response);
      const ok = problem === undefined;
      const verdict = ok
        ? `${server} accepts the API key.`
        : `${server} refuses the request with status ${response.status}${advice(response)} ${this.clean(problem)}`.trim();
      return { ok, verdict, steps: [step(ok, status)], transcript: [...lines, `S: ${status}`] };
    } catch (error) {
      if (!(error instanceof RequestFailedError) && !(error instanceof TokenError)) throw error;
      const message = error instanceof TokenError ? wordsOf(error) : error.message;
      return { ok: false, verdict: message, steps: [step(false, message)], transcript: [...lines, `* ${message}`] };
    }
  }

  /** Requests that are in flight end by themselves; the connections belong to the process. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Sends a request, with a token if the provider takes them. A token that it rejects is replaced, once. */
  private async request(request: ProviderRequest, seconds: number): Promise<OutgoingResponse> {
    const { tokens, stopping } = this.options;
    if (tokens === undefined) return this.exchange(request, seconds);
    const withToken = (token: string): Promise<OutgoingResponse> =>
      this.exchange({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }, seconds);
    const token = await tokens.get(stopping);
    const response = await withToken(token);
    const next = response.status === 401 ? await tokens.replace(token, stopping) : token;
    return next === token ? response : withToken(next);
  }

  private exchange(request: ProviderRequest, seconds: number): Promise<OutgoingResponse> {
    const { stopping: signal, route } = this.options;
    const limits: RequestLimits = { timeoutMs: seconds * 1000, signal, ...route };
    return sendRequest({ ...request, url: this.urlOf(request) }, limits);
  }

  private urlOf({ path }: ProviderRequest): URL {
    return new URL(path, this.settings.endpoint);
  }

  private outcomeOf(response: OutgoingResponse): Outcome {
    const server = serverOf(this.settings);
    const { status, tls } = response;
    const answer = this.provider.read(response);
    const details = { server, tls, code: status, reply: this.clean(answer.text) };
    if (answer.kind === 'accepted') return { kind: 'accepted', ...details, providerMessageId: answer.messageId };
    if (answer.kind === 'refused') {
      return { kind: 'refused', reason: `${server} refuses the mail with status ${status}.`, ...details };
    }
    const seconds = retryAfter(response, this.options.clock.now());
    return {
      kind: 'deferred',
      reason: `${server} does not accept the mail now: status ${status}${answer.advice === undefined ? advice(response) : `. ${answer.advice}`}`,
      unreachable: status >= 500,
      // A gateway may have lost the response of the provider. 503 means that it has not handled the request.
      isDoubtful: status >= 500 && status !== 503,
      ...(seconds !== undefined && { retryAfter: seconds }),
      ...details,
    };
  }

  private clean(text: string): string {
    const { secret } = this.settings;
    return sanitize(secret === '' ? text : text.replaceAll(secret, redacted));
  }
}

function wordsOf({ message, advice }: TokenError): string {
  return [message, advice].filter(Boolean).join(' ');
}

/** Returns what to do about a status, as the end of a sentence. */
function advice({ status }: OutgoingResponse): string {
  if (keyStatuses.includes(status)) return '. Check the API key and what it may do.';
  if (status === 429) return ', too many requests.';
  return '.';
}

/** Returns the seconds in `Retry-After` (RFC 9110, 10.2.3), or until the time in `X-RateLimit-Reset`. */
function retryAfter({ status, headers }: OutgoingResponse, now: number): number | undefined {
  const after = headers['retry-after'];
  if (after !== undefined) {
    const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1000;
    return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
  }
  const reset = Number(headers['x-ratelimit-reset']);
  return status === 429 && reset > 0 ? Math.max(0, Math.ceil(reset - now / 1000)) : undefined;
}
