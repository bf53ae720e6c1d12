import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, TLSSocket } from 'node:tls';

import { traced, traceparent } from '../config/tracing.js';
import { AddressRefusedError, type OutgoingNetworks } from './outgoing-networks.js';
import { type ConnectionLimits, type OutgoingProxy, ProxyError } from './outgoing-proxy.js';

/** A request to another service. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** The response of another service. */
export interface OutgoingResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As UTF-8. */
  readonly body: string;
  /** TLS version; null for a connection without TLS. */
  readonly tls: string | null;
}

/** How a request reaches its host. */
export interface RequestRoute {
  /**
   * Which addresses the request may reach. Every request to a URL that came over the API has it; a URL from the settings is
   * the operator's own, and may name a private host.
   */
  readonly guard?: OutgoingNetworks | undefined;
  /** Carries the request. It looks up the host itself, so that the guard sees no addresses but those in URLs. */
  readonly proxy?: OutgoingProxy | undefined;
}

/** What ends a request early, and how it travels. */
export interface RequestLimits extends RequestRoute {
  /** Milliseconds until the whole response must have arrived. */
  readonly timeoutMs: number;
  /** Aborts the request; its reason is an `Error`. */
  readonly signal: AbortSignal;
  /** Bytes of the response that are of interest: the rest is not read. Without it, a response over 64 kB is an error. */
  readonly cutAt?: number;
}

/** A response is longer than this only if it comes from another kind of service. */
const maxResponseBytes = 64 * 1024;

/** No response has arrived. */
export class RequestFailedError extends Error {
  override readonly name = 'RequestFailedError';

  /** @param isDoubtful whether the whole request was sent, so that the service may have handled it */
  constructor(
    message: string,
    readonly isDoubtful: boolean,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * Sends one request, as a span of the trace, which the other service can continue (`traceparent`). Redirects are not
 * followed, and a response is read up to 64 kB.
 *
 * @throws RequestFailedError if no response arrives in time
 */
export function sendRequest(request: OutgoingRequest, limits: RequestLimits): Promise<OutgoingResponse> {
  const { method, url } = request;
  // Neither path nor query: they may contain a secret.
  const attributes = { 'http.request.method': method, 'server.address': url.hostname };
  return traced(method, { kind: 'CLIENT', attributes }, async (span) => {
    const trace = traceparent();
    const headers = { ...request.headers, ...(trace !== undefined && { traceparent: trace }) };
    const response = await send({ ...request, headers }, limits);
    span?.set({ 'http.response.status_code': response.status });
    return response;
  });
}

async function send(
  { method, url, headers, body = '' }: OutgoingRequest,
  limits: RequestLimits,
): Promise<OutgoingResponse> {
  const { timeoutMs, guard, proxy } = limits;
  checkUrl(url, guard);
  const content = Buffer.from(body);
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([limits.signal, deadline]);
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = start(url, {
    method,
    headers: { ...headers, ...(method === 'POST' && { 'content-length': content.length }) },
    signal,
    // A connection of its own: the shared ones were made without the guard.
    ...(guard !== undefined && proxy === undefined && { agent: false, lookup: guard.lookup }),
    ...(proxy !== undefined && { createConnection: through(proxy, url, { timeoutMs, signal }) }),
  });
  let isSent = false;
  request.once('finish', () => (isSent = true));
  try {
    request.end(content);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    // While it is read, `once` no longer waits for the error of an abort.
    request.on('error', () => undefined);
    const text = await readText(response, limits.cutAt);
    const tls = response.socket instanceof TLSSocket ? response.socket.getProtocol() : null;
    return { status: response.statusCode ?? 0, headers: response.headers, body: text, tls };
  } catch (error) {
    throw new RequestFailedError(describe(error, url, limits, deadline), isSent, error);
  } finally {
    request.destroy();
  }
}

/** Returns what connects to the host of a URL through a proxy, for the option `createConnection` of a request. */
function through(proxy: OutgoingProxy, { protocol, hostname, port }: URL, limits: ConnectionLimits) {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isSecure = protocol === 'https:';
  return (_: unknown, done: (error: Error | null, stream: Duplex) => void): undefined => {
    const destination = { host, port: port === '' ? (isSecure ? 443 : 80) : Number(port) };
    const withTls = (socket: Socket): Duplex =>
      isSecure ? connectTls({ socket, ...(isIP(host) === 0 && { servername: host }) }) : socket;
    proxy.connect(destination, limits).then(
      (socket) => done(null, withTls(socket)),
      // Without a stream there is nothing to end.
      (error: unknown) => done(error as Error, undefined as unknown as Duplex),
    );
  };
}

/** @throws RequestFailedError if the guard refuses the URL */
function checkUrl(url: URL, guard: OutgoingNetworks | undefined): void {
  try {
    guard?.check(url);
  } catch (error) {
    throw new RequestFailedError((error as AddressRefusedError).message, false, error);
  }
}

async function readText(response: IncomingMessage, cutAt = Infinity): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    chunks.push(chunk);
    if (length >= cutAt) return Buffer.concat(chunks).subarray(0, cutAt).toString();
    if (length > maxResponseBytes) throw new Error('its response is longer than 64 kB');
  }
  return Buffer.concat(chunks).toString();
}

function describe(error: unknown, { host }: URL, { timeoutMs, signal }: RequestLimits, deadline: AbortSignal): string {
  if (signal.aborted) return (signal.reason as Error).message;
  if (deadline.aborted) return `${host} did not answer within ${Math.round(timeoutMs / 1000)} s.`;
  if (error instanceof AddressRefusedError) return error.message;
  if (error instanceof ProxyError) return `The request to ${host} failed: ${error.message}`;
  const { code, message } = error as NodeJS.ErrnoException;
  return `The request to ${host} failed: ${code ?? message}.`;
}
