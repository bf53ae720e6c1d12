import { once } from 'node:events';

import { symbols } from 'pino';

import type { Logger } from '../../config/logger.js';
import type { Settings } from '../../config/settings.js';
import type { DatabaseClock } from '../../database/database-clock.js';
import { sendWebhook } from '../../outgoing/standard-webhook.js';
import type { EventDto } from '../dto/event.dto.js';

/** Milliseconds that the receiver of a webhook has for an answer. */
const timeoutMs = 15_000;

/** Where events are shipped to. */
export interface EventSink {
  /** For the log; contains no secret. */
  readonly name: string;
  /** How many events are shipped at a time. */
  readonly batch: number;
  /** @throws if they may not have arrived */
  ship(events: readonly EventDto[], signal: AbortSignal): Promise<void>;
}

/** Returns where the settings ship events to; undefined for nowhere. */
export function eventSink(
  { eventLog, eventWebhookUrl: url, eventWebhookSecret: secret = '' }: Settings,
  logger: Logger,
  clock: DatabaseClock,
): EventSink | undefined {
  if (eventLog === 'stdout') {
    return { name: 'standard output', batch: 100, ship: (events) => writeLines(logger, events.map(bodyOf)) };
  }
  if (url === undefined) return undefined;
  return {
    // The path may contain a secret.
    name: new URL(url).host,
    batch: 1,
    ship: async (events, signal) => {
      for (const event of events) {
        const message = { id: event.pk, body: bodyOf(event) };
        await sendWebhook(url, message, secret, clock.date(), { timeoutMs, signal });
      }
    },
  };
}

/** Returns an event as JSON with the members that Standard Webhooks recommends. */
function bodyOf(event: EventDto): string {
  return JSON.stringify({ type: `event.${event.action}`, timestamp: event.created, data: event });
}

/** Writes lines to the standard output, between lines of the log, and waits until they are written. */
async function writeLines(logger: Logger, lines: readonly string[]): Promise<void> {
  const text = lines.map((line) => `${line}\n`).join('');
  if (process.stdout.isTTY) {
    process.stdout.write(text);
    return;
  }
  // The log's own stream: two writers would break lines in the middle. It emits `drain` when all has been written.
  const { [symbols.streamSym]: stream } = logger as unknown as { [symbols.streamSym]: NodeJS.WritableStream };
  const written = once(stream, 'drain');
  stream.write(text);
  await written;
}
