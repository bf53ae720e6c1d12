import { connect, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import { type OutgoingProxy, ProxyError } from '../../../outgoing/outgoing-proxy.js';
import { toAsciiHost } from '../../../syntax/mail-host.js';
import { sanitize } from '../sanitize.js';
import { SessionError } from './session-error.js';
import { hostAndPort, type SmtpSettings, stepTimeoutMs } from './smtp-settings.js';

/**
 * Opens a TCP connection to the host: through the proxy, or else alternating between its IPv6 and IPv4 addresses (RFC 8305). nodemailer asks DNS
 * itself, regardless of `/etc/hosts` (10.6.0, `dist/esm/shared/index.js`, 58).
 *
 * @param signal aborts it; its reason is the error to throw
 * @throws SessionError
 */
export function openSocket(
  settings: SmtpSettings,
  { signal, proxy }: { readonly signal: AbortSignal; readonly proxy: OutgoingProxy | undefined },
): Promise<Socket> {
  return proxy === undefined ? openDirectly(settings, signal) : openThrough(proxy, settings, signal);
}

async function openThrough(proxy: OutgoingProxy, settings: SmtpSettings, signal: AbortSignal): Promise<Socket> {
  const { host, port } = settings;
  try {
    const destination = { host: toAsciiHost(host) ?? host, port };
    return await proxy.connect(destination, { timeoutMs: stepTimeoutMs(settings), signal });
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    throw new SessionError('connection', `${hostAndPort(settings)} is not reached. ${sanitize(error.message)}`, {
      advice: 'Check EMAIL_PROXY, host and port.',
      cause: error,
    });
  }
}

async function openDirectly(settings: SmtpSettings, signal: AbortSignal): Promise<Socket> {
  const { host, port } = settings;
  const server = hostAndPort(settings);
  const step = stepTimeoutMs(settings);
  const attempt = { host: toAsciiHost(host) ?? host, port, autoSelectFamilyAttemptTimeout: Math.max(250, step / 4) };
  const socket = connect(attempt);
  // Until nodemailer listens, an error would end the process.
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('connect', finish).off('error', onError);
      if (error === undefined) {
        resolve();
        return;
      }
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error): void => finish(connectionError(error, attempt.host, server));
    const onAbort = (): void => finish(signal.reason as Error);
    const timer = setTimeout(() => {
      const advice = 'Check host, port and firewalls. Many networks block port 25; try 587 or 465.';
      finish(new SessionError('time', `${server} did not accept a connection within ${step / 1000} s.`, { advice }));
    }, step);
    signal.addEventListener('abort', onAbort);
    socket.on('connect', finish).on('error', onError);
    if (signal.aborted) onAbort();
  });
  return socket;
}

/** Whether the connection is local, so that it cannot be eavesdropped. */
export function isLoopback({ remoteAddress = '' }: Socket): boolean {
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress);
}

/** Returns the address and the port of the server. */
export function describeAddress(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} port ${socket.remotePort ?? ''}`;
}

/** Returns the TLS version and whether the certificate is verified. */
export function describeTls(socket: Socket | undefined): string {
  if (!(socket instanceof TLSSocket)) return '';
  const verified = socket.authorized ? 'certificate verified' : 'certificate not verified';
  return `${socket.getProtocol() ?? 'TLS'}, ${socket.getCipher().name}, ${verified}`;
}

function connectionError(error: NodeJS.ErrnoException, host: string, server: string): SessionError {
  const code = error.code ?? 'closed';
  const cause = { cause: error };
  switch (code) {
    case 'ENOTFOUND':
      return new SessionError('address', `Host "${host}" does not exist.`, {
        advice: 'Correct the host name.',
        ...cause,
      });
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
      return new SessionError('address', `DNS lookup of "${host}" failed (${code}).`, {
        advice: 'Check the DNS configuration of this machine.',
        ...cause,
      });
    case 'ECONNREFUSED':
      return new SessionError('connection', `${server} refuses connections.`, {
        advice: 'Check host and port, and that the mail server is running.',
        ...cause,
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new SessionError('connection', `${server} is unreachable (${code}).`, {
        advice: 'Check the network and the firewall.',
        ...cause,
      });
    default:
      return new SessionError('connection', `Connecting to ${server} failed (${code}).`, cause);
  }
}
