import createClient from 'openapi-fetch';

import type { components, paths } from './schema';

/** A schema of the API's document. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** What the service answered instead of what was asked for. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The content of the answer. */
    readonly body?: unknown,
  ) {
    super(message);
  }
}

/** The service or the network gave no answer. */
const noAnswer = 0;

/** Client of the service's public API, with the session of the visitor. */
export const api = createClient<paths>({ baseUrl: '/api/v3' });

api.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('X-authentik-CSRF', csrfToken());
  },
  onError() {
    return new ApiProblem(noAnswer, '');
  },
});

/** Returns the CSRF token of the session; empty without one. */
export function csrfToken(): string {
  return /(?:^|; )authentik_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
}

/**
 * Returns the content of a response.
 *
 * @throws ApiProblem with the words of the service for any other answer
 */
export async function contentOf<Content>(
  request: Promise<{ data?: Content; error?: unknown; response: Response }>,
): Promise<Content> {
  const { data, error, response } = await request;
  if (data === undefined) throw new ApiProblem(response.status, wordsOf(error), error);
  return data;
}

/** As `contentOf`, for answers without content. */
export async function done(request: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  const { error, response } = await request;
  if (!response.ok) throw new ApiProblem(response.status, wordsOf(error), error);
}

/** An error is `{"detail": …}` or has lists of messages by field. */
function wordsOf(error: unknown): string {
  if (typeof error === 'string') return '';
  return Object.values(error ?? {})
    .flat()
    .filter((value) => typeof value === 'string')
    .join(' ');
}
