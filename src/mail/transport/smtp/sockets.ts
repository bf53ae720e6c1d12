import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';

import { sanitize } from '../sanitize.js';
import type { SessionLimits } from './dialogue.js';
import { SessionError } from './session-error.js';

/** TLS policy of a connection; see `TlsTrust`. */
export interface Trust {
  readonly verifies: boolean;
  readonly authorities: string[] | undefined;
  readonly allowsClearLogin: boolean;
}

/** The server to connect to. */
export interface Destination {
  /** An ASCII host name or an IP address. */
  readonly host: string;
  readonly port: number;
  /** `host:port`, for messages. */
  readonly server: string;
}

/**
 * Opens a TCP connection to the host, alternating between its IPv6 and IPv4 addresses (RFC 8305).
 *
 * @throws SessionError
 */
export async function openSocket({ host, port, server }: Destination, limits: SessionLimits): Promise<Socket> {
  const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: Math.max(250, limits.stepTimeoutMs / 4) });
  await waitForEvent(socket, 'connect', limits, {
    timeout: new SessionError(
      'time',
      `${server} did not accept a connection within ${limits.stepTimeoutMs / 1000} s.`,
      {
        advice: 'Check host, port and firewalls. Many networks block port 25; try 587 or 465.',
      },
    ),
    toSessionError: (error) => connectionError(error, host, server),
  });
  return socket.setNoDelay(true).setKeepAlive(true, 30_000);
}

/**
 * Upgrades a connection to TLS 1.2 or newer. The certificate is verified against the host name, unless the policy turns
 * verification off.
 *
 * @throws SessionError
 */
export async function secureSocket(
  socket: Socket,
  { host, server }: Destination,
  limits: SessionLimits,
  { authorities, verifies }: Trust,
): Promise<TLSSocket> {
  const secured = connectTls({
    socket,
    host,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: verifies,
    // SNI allows neither address literals nor a trailing dot (RFC 6066, 3).
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
    ...(authorities !== undefined && { ca: authorities }),
  });
  await waitForEvent(secured, 'secureConnect', limits, {
    timeout: new SessionError(
      'tls',
      `${server} did not finish the TLS handshake within ${limits.stepTimeoutMs / 1000} s.`,
      {
        advice: 'Check that the port expects TLS.',
      },
    ),
    toSessionError: (error) => tlsError(error, server),
  });
  return secured;
}

/** Waits for an event of a socket; destroys the socket on errors, close, timeout and abort. */
async function waitForEvent(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { stepTimeoutMs: step, signal }: SessionLimits,
  failure: { timeout: SessionError; toSessionError: (error: NodeJS.ErrnoException) => SessionError },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off(event, finish).off('close', onClose).off('error', onError);
      if (error === undefined) {
        resolve();
        return;
      }
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error): void => finish(failure.toSessionError(error));
    const onClose = (): void => finish(failure.toSessionError(new Error('closed')));
    const onAbort = (): void => finish(signal.reason as SessionError);
    const timer = setTimeout(() => finish(failure.timeout), step);
    signal.addEventListener('abort', onAbort);
    // This listener stays: an unhandled error event would crash the process.
    socket.on('error', () => undefined);
    socket.on(event, finish).on('close', onClose).on('error', onError);
    if (signal.aborted) onAbort();
  });
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

/** OpenSSL's error codes for servers that do not start with TLS. */
const nonTlsErrors = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|RECORD_OVERFLOW/;

/** OpenSSL's error codes for servers that only support TLS versions before 1.2. */
const oldTlsErrors = /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW/;

function tlsError(error: NodeJS.ErrnoException & { cert?: PeerCertificate }, server: string): SessionError {
  const code = error.code ?? 'closed';
  const cause = { cause: error };
  const certificate = (what: string, advice: string): SessionError =>
    new SessionError('certificate', `The certificate of ${server} ${what}.`, { advice, ...cause });
  if (nonTlsErrors.test(code)) {
    return new SessionError('tls', `${server} does not use implicit TLS on this port.`, {
      advice: 'Set use_tls (STARTTLS) instead of use_ssl, or use the port for implicit TLS, usually 465.',
      ...cause,
    });
  }
  if (oldTlsErrors.test(code)) {
    return new SessionError('tls', `${server} does not support TLS 1.2 or newer.`, {
      advice: 'Update the mail server; older TLS versions are insecure.',
      ...cause,
    });
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return certificate('or of its issuer has expired', 'Renew it on the mail server.');
    case 'CERT_NOT_YET_VALID':
      return certificate('is not yet valid', 'Check the clocks of both machines.');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return certificate(
        `is not valid for this host but for ${certificateNames(error.cert)}`,
        'Set the host to a name in the certificate.',
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return certificate('is self-signed', 'If it is yours, set EMAIL_CA_FILE to a file with that certificate.');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_UNTRUSTED':
      return certificate(
        'was issued by an untrusted CA',
        "Set EMAIL_CA_FILE to that CA's certificate, or configure the mail server to send the whole certificate chain.",
      );
    case 'CERT_REVOKED':
      return certificate('was revoked', 'Replace it on the mail server.');
    default:
      return new SessionError('tls', `The TLS handshake with ${server} failed (${code}).`, cause);
  }
}

/** Returns the subject alternative names of a certificate, or else its common name. */
export function certificateNames(certificate: PeerCertificate | undefined): string {
  const names = certificate?.subjectaltname?.replaceAll(/\b(DNS|IP Address):/g, '') ?? '';
  return sanitize(names === '' ? [certificate?.subject.CN ?? 'no name'].flat().join(', ') : names).slice(0, 200);
}
