import type { FastifyRequest } from 'fastify';

/** The raw query string of a request, with its question mark; empty if there is none. */
export function queryOf({ originalUrl }: FastifyRequest): string {
  const start = originalUrl.indexOf('?');
  return start === -1 ? '' : originalUrl.slice(start);
}
