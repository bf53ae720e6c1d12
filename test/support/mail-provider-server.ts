import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that the server has received. */
export interface ProviderCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ProviderReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** `closed`: the connection is closed without a response; `silent`: it stays open without one. */
type Handler = (call: ProviderCall) => ProviderReply | 'closed' | 'silent';

/** An HTTP server in the place of a provider. */
export class MailProviderServer {
  readonly calls: ProviderCall[] = [];
  private readonly server: Server;

  /** @param handle can be replaced by each test */
  constructor(public handle: Handler) {
    this.server = createServer((request, response) => {
      void text(request).then((body) => {
        const { method = '', url: path = '', headers } = request;
        const call = { method, path, headers, body };
        this.calls.push(call);
        const reply = this.handle(call);
        if (reply === 'closed') request.socket.destroy();
        if (typeof reply === 'string') return;
        const content = typeof reply.body === 'object' ? JSON.stringify(reply.body) : (reply.body ?? '');
        response.writeHead(reply.status, { connection: 'close', ...reply.headers }).end(content);
      });
    });
  }

  /** @returns `host:port` */
  async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
