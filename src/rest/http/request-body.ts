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
    /** Whether a request can have a body above `smallBody`; absent: every one can. */
    takesLargeBody?: (request: FastifyRequest) => Promise<boolean>;
  }
}

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
    const type = this.request.bodyType;
    if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
      throw new AppError('unsupportedMediaType', type);
    }
    return parseJson(this.bytes);
  }

  /**
   * The form, on a route that takes one; an empty body is an empty form. It is read from the connection now: a caller
   * who is refused makes nobody keep a file.
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
 * Hands every body to the application as a `RequestBody`, of whatever type it is, if it is not too large.
 *
 * @param clientOf who shares one client's part of the memory
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
    // A type that makes no sense would be refused by Fastify before it is known who asks; without one it takes the body.
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

/** @throws AppError `bodyTooLarge`, `overloaded` */
async function read(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
  const { takesLargeBody } = request.routeOptions.config;
  let largest = takesLargeBody === undefined ? bodyLimit : smallBody;
  const admit = async (size: number): Promise<void> => {
    if (size <= largest) return;
    // Asked only about bodies that need it: the answer costs a statement.
    if (largest === smallBody && size <= bodyLimit && (await takesLargeBody?.(request))) largest = bodyLimit;
    else throw new AppError('bodyTooLarge');
  };
  try {
    const announced = Number(request.headers['content-length'] ?? 0);
    await admit(announced);
    request.bodyLease.check(announced);
    return await request.bodyLease.read(payload, admit);
  } catch (error) {
    // What still comes is dropped, so that the client can read the answer.
    payload.resume();
    throw error instanceof AppError ? error : Object.assign(error as Error, { statusCode: 400 });
  }
}

/** A form that can be read: without a boundary it is none. */
const formType = /^multipart\/form-data\s*;.*\bboundary=/i;

/**
 * Strict JSON in UTF-8, without a byte order mark, with every string well-formed and every number finite.
 *
 * Keys such as `__proto__` and `constructor` are data, own properties of the value: Fastify's parser, whose
 * `onProtoPoisoning` and `onConstructorPoisoning` refuse or drop them, is not used. Code that copies JSON must keep them
 * own properties: spread and `Object.fromEntries` do, assignment to a computed key does not.
 *
 * @throws AppError `malformedJson`, with a reason that tells nothing of the content: it may hold secrets
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (depthOf(text) > deepest) throw new AppError('malformedJson', 'nested too deeply');
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

/** What every text has that holds half a surrogate pair, or a number too large to be one; most texts do not. */
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
