import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** A response as received. */
export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** Uses chunked transfer encoding, without `Content-Length`. */
  readonly chunked?: boolean;
}

/** Sends requests that `fetch` refuses: any path, header and method, and bodies without a content type. */
export function rawRequest(url: string, path: string, options: RawRequest = {}): Promise<RawResponse> {
  const { method = 'GET', headers = {}, body, chunked = false } = options;
  const { hostname, port } = new URL(url);
  const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: { ...length, ...headers }, agent: false });
    sent.on('error', reject).on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject).on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    if (body !== undefined) sent.write(body);
    sent.end();
  });
}

/** Sends bytes to the server and returns everything it sends until it closes the connection. */
export function rawExchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.on('data', (part) => (answer += part.toString('latin1')));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}
