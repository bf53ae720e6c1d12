import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

import { adminKey, type TestApp } from './test-app.js';

/** A message of a stream of server-sent events. */
interface StreamMessage {
  readonly event: string;
  readonly data: any;
  readonly id: string;
}

export interface ReaderOptions {
  /** Query of the request, with its question mark. */
  readonly query?: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

/** Reads a stream of events as browsers do. */
export class EventReader {
  /** Messages with data. */
  readonly messages: StreamMessage[] = [];
  comments = 0;
  /** The id to go on after. */
  lastId = '';
  hasEnded = false;
  private rest = '';

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.take(text));
    response.once('close', () => (this.hasEnded = true));
    response.on('error', () => undefined);
  }

  /** Opens a stream, and waits for its first line. */
  static async open({ url }: Pick<TestApp, 'url'>, options: ReaderOptions = {}): Promise<EventReader> {
    const { query = '', key = adminKey, headers = {} } = options;
    const request = get(`${url}/api/v3/events/stream/${query}`, {
      headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', ...headers },
      agent: false,
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const reader = new EventReader(response);
    if (response.statusCode === 200) await once(response, 'data');
    return reader;
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** Ends the connection. */
  close(): void {
    this.response.destroy();
  }

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      );
      if (fields.has('')) this.comments += 1;
      this.lastId = fields.get('id') ?? this.lastId;
      const data = fields.get('data');
      if (data === undefined) continue;
      this.messages.push({ event: fields.get('event') ?? 'message', data: JSON.parse(data), id: this.lastId });
    }
  }
}
