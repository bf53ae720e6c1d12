import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers 304 without a body to who has what would be answered: their `If-None-Match` names its tag (RFC 9110, 13.1.2). */
export function answerNotModified(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload, done) => {
    const { 'if-none-match': known } = request.headers;
    const tag = reply.getHeader('etag');
    // What sends files decides for itself: a stream that is put aside here would never be closed.
    const isWhole = Buffer.isBuffer(payload) && reply.statusCode === 200;
    if (known === undefined || typeof tag !== 'string' || !isWhole || !names(known, tag)) return done(null, payload);
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
}

function names(known: string, tag: string): boolean {
  return known.trim() === '*' || known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}
