import { createHash } from 'node:crypto';

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { ValidationError } from '../../rest/errors/validation-error.js';
import { RequestBody } from '../../rest/http/request-body.js';

const header = 'Idempotency-Key';
const longest = 255;

/** A request that its client may send again, and that is to have its effect just once. */
export interface IdempotentRequest {
  readonly user: number;
  /** Method and pattern of the path. */
  readonly route: string;
  readonly key: string;
  /** SHA-256 of what is asked for: the object in the path, and the body whatever the order of its fields. */
  readonly fingerprint: Buffer;
}

/** An error that speaks of the header. */
export function keyError(message: string): ValidationError {
  return new ValidationError({ [header]: [message] });
}

/** @throws ValidationError if there is a key that cannot be one */
function idempotentRequest(request: FastifyRequest): IdempotentRequest | undefined {
  const { caller, method, routeOptions, params, body } = request;
  const key = request.headers[header.toLowerCase()];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[ -~]+$/.test(key) || key.length > longest) {
    throw keyError(`A key has 1 to ${longest} printable ASCII characters.`);
  }
  if (caller === undefined) throw new Error(`${routeOptions.url} is open to anybody: there is nobody to keep keys for`);
  const asked = JSON.stringify([params, body instanceof RequestBody ? body.json() : null], inOrder);
  const fingerprint = createHash('sha256').update(asked).digest();
  return { user: caller.pk, route: `${method} ${routeOptions.url ?? ''}`, key, fingerprint };
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const OfRequest = createParamDecorator((_: unknown, context: ExecutionContext) =>
  idempotentRequest(context.switchToHttp().getRequest<FastifyRequest>()),
);

/**
 * The `Idempotency-Key` of a POST, for `Idempotency.once`; undefined if the client gave none. Documents the header.
 * Only on routes that ask for a known caller.
 */
export function Idempotent(): ParameterDecorator {
  return (target, method, index) => {
    OfRequest()(target, method, index);
    const descriptor = Object.getOwnPropertyDescriptor(target, method ?? '');
    if (method === undefined || descriptor === undefined) throw new Error('@Idempotent stands on a method of a route');
    ApiHeader({
      name: header,
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: longest },
      description:
        'Any text that names this request. When it comes again within 24 hours, because the first answer was lost, it ' +
        'has no second effect and gets the same answer. Another request under the same key is refused (400).',
    })(target, method, descriptor);
  };
}
