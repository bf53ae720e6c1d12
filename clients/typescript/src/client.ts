import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';

import type { paths } from './schema.js';

/** Calls every operation by its path, with the types of requests and responses. */
export type Client = FetchClient<paths>;

/** Where the service is, and who calls it. */
export interface ClientOptions {
  /** Address of the service, such as `https://id.example.org`; in a browser of its own pages, `location.origin`. */
  readonly url: string;
  /** API token. Without it, browsers send the cookie of the visitor. */
  readonly token?: string;
  /** Replaces the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Returns a client of the management API. */
export function createClient({ url, token, fetch }: ClientOptions): Client {
  return createFetchClient<paths>({
    baseUrl: `${url.replace(/\/+$/, '')}/api/v3`,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    ...(fetch !== undefined && { fetch }),
  });
}

/** A response of the service that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param status the HTTP status
   * @param body the parsed body: the errors by field, or `detail`
   * @param retryAfter seconds to wait before the next attempt; undefined if the service names none
   */
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly retryAfter: number | undefined,
  ) {
    super(`email-stage answered ${status}: ${typeof body === 'string' ? body : JSON.stringify(body)}`);
  }
}

/**
 * Returns the data of a successful response.
 *
 * @throws ApiError for any other response
 */
export async function dataOf<T>(
  result: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
  const { data, error, response } = await result;
  if (response.ok && data !== undefined && data !== null) return data;
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  throw new ApiError(response.status, error, Number.isFinite(seconds) ? seconds : undefined);
}
