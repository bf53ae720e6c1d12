import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers 304 without a body if `If-None-Match` names the entity tag of the response (RFC 9110, section 13.1.2). */
export function answerNotModified(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload, done) => {
    const { 'if-none-match': known } = request.headers;
    const tag = reply.getHeader('etag');
    // Static files handle this themselves; a stream that is dropped here would never be closed.
    const isWhole = Buffer.isBuffer(payload) && reply.statusCode === 200;
    if (known === undefined || typeof tag !== 'string' || !isWhole || !names(known, tag)) return done(null, payload);
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
}

/** Weak comparison of an `If-None-Match` list with a tag. */
function names(known: string, tag: string): boolean {
  return known.trim() === '*' || known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}
