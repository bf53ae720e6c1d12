import type { IncomingMessage } from 'node:http';

import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { AppError } from '../errors/app-error.js';
import { BodyLease, type BodyMemory, smallBody } from './body-memory.js';
import { type Form, readForm } from './form.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The media type of the body as the client gave it; empty if it gave none. */
    bodyType: string;
    /** The memory of the body, until the request is over. */
    bodyLease: BodyLease;
  }

  interface FastifyContextConfig {
    /** Whether a request can have a body above `smallBody`; absent: none can. */
    takesLargeBody?: (request: FastifyRequest) => Promise<boolean>;
  }
}

/** Maximum nesting: more than any client needs, and safe for recursive functions. */
const maxDepth = 200;

/** Largest body in bytes. */
export const bodyLimit = 1_048_576;

/**
 * The unparsed body of a request. As in authentik, it is parsed after the caller was authorized and the object was found,
 * so that an invalid body never hides a 403 or a 404.
 */
export class RequestBody {
  /** @param content undefined: the body is too large for this request and was not read */
  constructor(
    private readonly request: FastifyRequest,
    private readonly content: Buffer | undefined,
  ) {}

  /** @throws AppError `bodyTooLarge` */
  get bytes(): Buffer {
    if (this.content === undefined) throw new AppError('bodyTooLarge');
    return this.content;
  }

  /** The stored object of the path, on routes that look it up first. */
  get current(): object | undefined {
    return this.request.current;
  }

  /**
   * Parses JSON; an empty body is `{}`.
   *
   * @throws AppError `unsupportedMediaType`, `malformedJson`
   */
  json(): unknown {
    if (this.bytes.length === 0) return {};
    const type = this.request.bodyType;
    if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
      throw new AppError('unsupportedMediaType', type);
    }
    return parseJson(this.bytes);
  }

  /**
   * Parses the form, on a route that accepts one; an empty body is an empty form. Reads it from the connection only now,
   * so that no file is held for a caller without permission.
   *
   * @throws AppError `unsupportedMediaType`, `malformedMultipart`, `fileTooLarge`
   */
  async form(): Promise<Form> {
    if (this.request.isMultipart()) return readForm(this.request);
    if (this.bytes.length > 0) throw new AppError('unsupportedMediaType', this.request.bodyType);
    return { fields: new Map(), file: undefined };
  }
}

/**
 * Passes every body to the application as a `RequestBody`, for any media type. A body above the limit of the request
 * is not kept: an unauthorized caller still gets 403, and others get 413 where the body is parsed.
 *
 * @param clientOf key of the clients that share one part of the memory
 */
export async function takeBodiesUnread(
  fastify: FastifyInstance,
  memory: BodyMemory,
  clientOf: (request: FastifyRequest) => string,
): Promise<void> {
  fastify.decorateRequest('bodyType', '');
  fastify.decorateRequest('bodyLease');
  fastify.addHook('onRequest', (request, reply, done) => {
    const type = request.headers['content-type'] ?? '';
    request.bodyType = type;
    const isForm = request.routeOptions.config.largestFile !== undefined && formType.test(type);
    // Fastify would refuse an invalid type before the caller is authorized; without a type it accepts the body.
    if (!isForm) request.headers['content-type'] = undefined;
    const lease = new BodyLease(memory, clientOf(request));
    request.bodyLease = lease;
    reply.raw.once('close', () => lease.release());
    done();
  });
  fastify.removeAllContentTypeParsers();
  await fastify.register(multipart);
  fastify.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    return new RequestBody(request, await read(request, payload));
  });
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (!(request.body instanceof RequestBody)) request.body = new RequestBody(request, Buffer.alloc(0));
    done();
  });
}

/**
 * @returns undefined if the body is too large for this request
 * @throws AppError `overloaded`
 */
async function read(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer | undefined> {
  const { takesLargeBody } = request.routeOptions.config;
  let largest = smallBody;
  const admit = async (size: number): Promise<void> => {
    if (size <= largest) return;
    // Only for bodies that need it: it costs a statement.
    if (largest === smallBody && size <= bodyLimit && (await takesLargeBody?.(request))) largest = bodyLimit;
    else throw new AppError('bodyTooLarge');
  };
  try {
    const announced = Number(request.headers['content-length'] ?? 0);
    await admit(announced);
    request.bodyLease.check(announced);
    return await request.bodyLease.read(payload, admit);
  } catch (error) {
    // Drains the rest, so that the client can read the response.
    payload.resume();
    if (!(error instanceof AppError)) throw Object.assign(error as Error, { statusCode: 400 });
    if (error.code !== 'bodyTooLarge') throw error;
    request.bodyLease.release();
    return undefined;
  }
}

/** A form with a boundary. */
const formType = /^multipart\/form-data\s*;.*\bboundary=/i;

/**
 * Strict JSON in UTF-8, without a byte order mark, with every string well-formed and every number finite.
 *
 * Keys such as `__proto__` and `constructor` are data, own properties of the value: Fastify's parser, whose
 * `onProtoPoisoning` and `onConstructorPoisoning` refuse or drop them, is not used. Code that copies JSON must keep them
 * own properties: spread and `Object.fromEntries` do, assignment to a computed key does not.
 *
 * @throws AppError `malformedJson`; the reason never quotes the content, which may hold secrets
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (depthOf(text) > maxDepth) throw new AppError('malformedJson', 'nested too deeply');
  try {
    return JSON.parse(text, mayNeedCheck.test(text) ? checked : undefined);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const position = / at position \d+/.exec((error as Error).message)?.[0] ?? '';
    throw new AppError('malformedJson', `unexpected content${position}`);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new AppError('malformedJson', 'not UTF-8');
  }
}

/** Matches every text with an unpaired surrogate or a number that is too large; most texts do not match. */
const mayNeedCheck = /\\u[dD][89a-fA-F]|\d[eE]\+?\d\d|\d{300}/;

function checked(key: string, value: unknown): unknown {
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
    throw new AppError('malformedJson', 'unpaired surrogate');
  }
  if (value === Infinity || value === -Infinity) throw new AppError('malformedJson', 'number too large');
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
