import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { Caller } from './caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller; undefined for an anonymous request. Set by the access guard. */
    caller?: Caller;
  }
}

/** Parameter decorator: the caller, on a route that requires one. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller === undefined) throw new Error('this route is public');
  return caller;
});
