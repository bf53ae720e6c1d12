import type { FastifyInstance, FastifyRequest } from 'fastify';

import { AppError } from '../errors/app-error.js';

/** Deeper nesting than any client needs, and shallow enough for every recursive function. */
const deepest = 200;

/** Largest body in bytes. */
export const bodyLimit = 1_048_576;

/**
 * The body of a request, not yet looked into: the reference reads it only after it knows the caller and has found the
 * object, so that a broken body never hides a 403 or a 404.
 */
export class RequestBody {
  constructor(
    private readonly request: FastifyRequest,
    readonly bytes: Buffer,
  ) {}

  /** The stored object that the path names, where the route has it looked up. */
  get current(): object | undefined {
    return this.request.current;
  }

  /**
   * The JSON value; an empty body is `{}`.
   *
   * @throws AppError `unsupportedMediaType`, `malformedJson`
   */
  json(): unknown {
    if (this.bytes.length === 0) return {};
    const type = this.request.headers['content-type'] ?? '';
    if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
      throw new AppError('unsupportedMediaType', type);
    }
    return parseJson(this.bytes);
  }
}

/**
 * Hands every body to the application as a `RequestBody`, of whatever type it is. Answers what Fastify itself refuses
 * (a body that is too large) like any other error.
 */
export function takeBodiesUnread(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    done(null, new RequestBody(request, body as Buffer));
  });
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (!(request.body instanceof RequestBody)) request.body = new RequestBody(request, Buffer.alloc(0));
    done();
  });
}

/**
 * Strict JSON in UTF-8, without a byte order mark, and with every string well-formed.
 *
 * @throws AppError `malformedJson`
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (depthOf(text) > deepest) throw new Error('nested too deeply');
    return JSON.parse(text, /\\ud[89a-f]/i.test(text) ? wellFormed : undefined);
  } catch (error) {
    throw new AppError('malformedJson', (error as Error).message);
  }
}

function wellFormed(key: string, value: unknown): unknown {
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
    throw new Error('unpaired surrogate');
  }
  return value;
}

/** How deeply brackets are nested, outside strings. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') inString = !inString;
    else if (inString) index += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') most = Math.max(most, ++depth);
    else if (character === ']' || character === '}') depth -= 1;
  }
  return most;
}
