import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { Webhook } from 'standardwebhooks';

import { checkEvent } from './document-check.js';

/** A webhook as its receiver sees it. */
export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as JSON. */
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly timestamp: string;
    readonly subject: string;
    readonly sequence: number;
    readonly data: Record<string, unknown>;
  };
}

/** A receiver of webhooks on 127.0.0.1. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** Why events are not as the document describes them. */
  readonly problems: string[] = [];
  private readonly server = createServer((request, response) => {
    void text(request).then((body) => {
      const headers = request.headers as Record<string, string>;
      const event = JSON.parse(body) as ReceivedWebhook['event'];
      // Those of the log are in no document: their data is an event of the API. Notifications have no type.
      if ('type' in event && !event.type.startsWith('event.')) this.check(event);
      const webhook = { path: request.url ?? '', headers, body, event };
      this.received.push(webhook);
      this.answer(response, webhook);
    });
  });

  /** Answers a webhook; can be replaced by each test. */
  answer: (response: ServerResponse, webhook: ReceivedWebhook) => void = (response) => response.end('taken');

  /** @returns its base URL, without a slash at the end */
  async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** @throws Error if an event was not as the document describes it */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    if (this.problems.length > 0) throw new Error(this.problems.join('\n'));
  }

  private check(event: ReceivedWebhook['event']): void {
    try {
      checkEvent(event);
    } catch (error) {
      this.problems.push(String(error));
    }
  }
}

/** Whether a webhook is signed with a secret, as the library of the specification checks it. */
export function isSignedWith(secret: string, { body, headers }: ReceivedWebhook): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
