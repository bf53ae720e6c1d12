import type { FastifyRequest } from 'fastify';

/** The query of a request as it was sent, with its question mark; empty for none. */
export function queryOf({ originalUrl }: FastifyRequest): string {
  const start = originalUrl.indexOf('?');
  return start === -1 ? '' : originalUrl.slice(start);
}
