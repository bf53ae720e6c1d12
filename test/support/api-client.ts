import { checkAgainstDocument } from './document-check.js';

/** A response of the API. */
export interface Answer<T = any> {
  readonly status: number;
  readonly headers: Headers;
  /** JSON value, or text for other content types; undefined for an empty body. */
  readonly body: T;
}

export interface RequestOptions {
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent unchanged. */
  readonly raw?: string | Uint8Array | FormData;
}

/**
 * A client of the API that validates every response against `schema.yml`: an undeclared status, field or type fails the
 * test.
 */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key?: string,
  ) {}

  get<T = any>(path: string, options?: RequestOptions): Promise<Answer<T>> {
    return this.request('GET', path, options);
  }

  post<T = any>(path: string, json?: unknown, options?: RequestOptions): Promise<Answer<T>> {
    return this.request('POST', path, { json, ...options });
  }

  put<T = any>(path: string, json?: unknown, options?: RequestOptions): Promise<Answer<T>> {
    return this.request('PUT', path, { json, ...options });
  }

  patch<T = any>(path: string, json?: unknown, options?: RequestOptions): Promise<Answer<T>> {
    return this.request('PATCH', path, { json, ...options });
  }

  delete(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('DELETE', path, options);
  }

  /** @param path relative to `/api/v3`, with query */
  async request<T = any>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const { json, raw } = options;
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${this.url}/api/v3${path}`, {
      method,
      headers: {
        ...(this.key !== undefined && { authorization: `Bearer ${this.key}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
    const text = await textOf(response);
    const answer = { status: response.status, headers: response.headers, body: parsed(text, response.headers) };
    checkAgainstDocument(method, path, answer);
    return answer as Answer<T>;
  }
}

/** Returns the body; empty for a stream, which does not end. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'text/event-stream') return response.text();
  await response.body?.cancel();
  return '';
}

function parsed(text: string, headers: Headers): unknown {
  if (text === '') return undefined;
  return (headers.get('content-type') ?? '').includes('json') ? (JSON.parse(text) as unknown) : text;
}
