import { PassThrough, type Readable } from 'node:stream';

import { getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { StepListener } from '../transport/report.js';

/** Media type that shows the steps of a check as they happen. */
export const eventStream = 'text/event-stream';

/** The content of a response in one media type. */
interface CheckMedia {
  readonly schema: { readonly $ref: string } | { readonly type: 'string' };
  readonly example?: string;
}

/** Returns the content of a response: the result, or events for each step and the result. */
export function checkContent(result: new () => object): Readonly<Record<string, CheckMedia>> {
  const step = { name: 'connect', ok: true, milliseconds: 12, detail: '192.0.2.25:587' };
  return {
    'application/json': { schema: { $ref: getSchemaPath(result) } },
    [eventStream]: {
      schema: { type: 'string' },
      example: `event: step\ndata: ${JSON.stringify(step)}\n\n`,
    },
  };
}

/**
 * Runs a check. Clients that ask for server-sent events get an event `step` as each step ends, and then `result`; the latter
 * has all steps, and counts. Others get the result.
 *
 * @throws the error of a check that fails before its first step
 */
export async function respondToCheck<Result>(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  check: (onStep?: StepListener) => Promise<Result>,
): Promise<Result | Readable> {
  if (headers.accept?.includes(eventStream) !== true) return check();
  const events = new PassThrough();
  const send = (event: string, data: unknown): boolean =>
    events.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  let start = (): void => undefined;
  const started = new Promise<void>((resolve) => (start = resolve));
  const done = check((step) => {
    send('step', step);
    start();
  }).then((result) => {
    send('result', result);
    events.end();
  });
  await Promise.race([started, done]);
  done.catch((error: unknown) => events.destroy(error as Error));
  // Proxies neither store nor collect what is sent.
  void reply.type(eventStream).header('cache-control', 'no-store').header('x-accel-buffering', 'no');
  return events;
}
