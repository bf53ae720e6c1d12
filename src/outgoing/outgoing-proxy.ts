import type { Socket } from 'node:net';

import { createTransport } from 'nodemailer';
import * as socks from 'socks';

import { truncated } from '../syntax/truncated.js';

/** A connection to open. */
export interface Destination {
  /** The proxy looks up the name. */
  readonly host: string;
  readonly port: number;
}

/** The limits of an attempt to connect. */
export interface ConnectionLimits {
  readonly timeoutMs: number;
  /** Aborts the attempt; its reason is the error to throw. */
  readonly signal: AbortSignal;
}

/** The proxy is not reached, or does not reach the destination. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';

  constructor(cause: Error) {
    super(`The proxy says: ${truncated(cause.message, 200)}.`, { cause });
  }
}

/** Opens connections through a SOCKS5 proxy, or with CONNECT through an HTTP proxy, as nodemailer does. */
export class OutgoingProxy {
  /** @param url such as `socks5://user:password@host:1080` or `http://host:3128` */
  constructor(private readonly url: string) {}

  /** @throws ProxyError, or the reason of the signal */
  connect({ host, port }: Destination, { timeoutMs, signal }: ConnectionLimits): Promise<Socket> {
    const transporter = createTransport({ proxy: this.url, connectionTimeout: timeoutMs });
    transporter.set('proxy_socks_module', socks);
    const { getSocket } = transporter;
    if (!getSocket) throw new Error('nodemailer does not know the proxy');
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      getSocket({ host, port }, (error, options) => {
        signal.removeEventListener('abort', onAbort);
        const socket = options === false ? undefined : options?.connection;
        // Until the socket has another listener, an error would end the process.
        socket?.on('error', () => undefined);
        if (error !== null || socket === undefined) {
          reject(new ProxyError(error ?? new Error('no connection')));
        } else if (signal.aborted) socket.destroy();
        else resolve(socket);
      });
    });
  }
}
