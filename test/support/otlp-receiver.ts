import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A span as an exporter sent it. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly id: string;
  readonly parent: string;
  /** 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** `service.name` of its process. */
  readonly service: string;
}

/** Receives traces and metrics over OTLP (HTTP, protobuf). */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Names of the received metrics. */
  readonly metrics = new Set<string>();
  /** Everything that was received. */
  text = '';
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void buffer(request).then((body) => {
        this.text += body.toString('latin1');
        if (request.url === '/v1/traces') this.spans.push(...spansOf(body));
        if (request.url === '/v1/metrics') for (const name of metricsOf(body)) this.metrics.add(name);
        response.setHeader('content-type', 'application/x-protobuf').end();
      });
    });
  }

  /** @returns its URL */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Returns the fields of a protobuf message by number: bytes, or numbers of fields of varints. */
function fieldsOf(message: Buffer): { number: number; value: Buffer | number }[] {
  const fields: { number: number; value: Buffer | number }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const type = key & 7;
    const length = type === 0 ? 0 : type === 1 ? 8 : type === 5 ? 4 : varint();
    const value = type === 0 ? varint() : message.subarray(at, at + length);
    at += length;
    fields.push({ number: Math.floor(key / 8), value });
  }
  return fields;
}

/** Returns the messages that a path of field numbers leads to. */
function messagesAt(message: Buffer, ...[number, ...rest]: number[]): Buffer[] {
  if (number === undefined) return [message];
  return fieldsOf(message)
    .filter((field) => field.number === number)
    .flatMap(({ value }) => messagesAt(value as Buffer, ...rest));
}

function textAt(message: Buffer, number: number, encoding: 'utf8' | 'hex' = 'utf8'): string {
  return messagesAt(message, number)[0]?.toString(encoding) ?? '';
}

function spansOf(body: Buffer): ReceivedSpan[] {
  return messagesAt(body, 1).flatMap((resourceSpans) => {
    const attributes = messagesAt(resourceSpans, 1, 1);
    const name = attributes.find((attribute) => textAt(attribute, 1) === 'service.name')!;
    const service = textAt(messagesAt(name, 2)[0]!, 1);
    return messagesAt(resourceSpans, 2, 2).map((span) => ({
      name: textAt(span, 5),
      traceId: textAt(span, 1, 'hex'),
      id: textAt(span, 2, 'hex'),
      parent: textAt(span, 4, 'hex'),
      kind: Number(fieldsOf(span).find(({ number }) => number === 6)?.value),
      service,
    }));
  });
}

function metricsOf(body: Buffer): string[] {
  return messagesAt(body, 1, 2, 2).map((metric) => textAt(metric, 1));
}
