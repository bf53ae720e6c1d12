import { createHash } from 'node:crypto';

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { ValidationError } from '../../rest/errors/validation-error.js';
import { RequestBody } from '../../rest/http/request-body.js';

const header = 'Idempotency-Key';
const maxLength = 255;

/** A request with an idempotency key. */
export interface IdempotentRequest {
  readonly user: number;
  /** Method and pattern of the path. */
  readonly route: string;
  readonly key: string;
  /** SHA-256 of path parameters, query and body, independent of the order of the body's fields. */
  readonly fingerprint: Buffer;
}

/** Returns a validation error for the header. */
export function keyError(message: string): ValidationError {
  return new ValidationError({ [header]: [message] });
}

/** @throws ValidationError if the key is invalid */
function idempotentRequest(request: FastifyRequest): IdempotentRequest | undefined {
  const { caller, method, routeOptions, params, url, body } = request;
  const key = request.headers[header.toLowerCase()];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[ -~]+$/.test(key) || key.length > maxLength) {
    throw keyError(`A key has 1 to ${maxLength} printable ASCII characters.`);
  }
  if (caller === undefined)
    throw new Error(`${routeOptions.url} is public: idempotency keys need an authenticated caller`);
  const content = JSON.stringify(
    [params, url.split('?', 2)[1] ?? '', body instanceof RequestBody ? body.json() : null],
    sortKeys,
  );
  const fingerprint = createHash('sha256').update(content).digest();
  return { user: caller.pk, route: `${method} ${routeOptions.url ?? ''}`, key, fingerprint };
}

function sortKeys(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  idempotentRequest(context.switchToHttp().getRequest<FastifyRequest>()),
);

/**
 * Parameter decorator: the `Idempotency-Key` of a POST, for `Idempotency.once`; undefined if absent. Documents the header.
 * Requires a route with authentication.
 */
export function Idempotent(): ParameterDecorator {
  return (target, method, index) => {
    IdempotencyKey()(target, method, index);
    const descriptor = Object.getOwnPropertyDescriptor(target, method ?? '');
    if (method === undefined || descriptor === undefined)
      throw new Error('@Idempotent requires a route handler method');
    ApiHeader({
      name: header,
      required: false,
      schema: { type: 'string', minLength: 1, maxLength },
      description:
        'A unique key for this request. A retry with the same key within 24 hours has no second effect and gets the same ' +
        'response. A different request with the same key is refused (400).',
    })(target, method, descriptor);
  };
}
