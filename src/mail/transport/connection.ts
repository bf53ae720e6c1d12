import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';

import type { Limits } from './dialogue.js';
import { readable } from './reply.js';
import { SessionError } from './session-error.js';

/** Which certificates are believed, and who hears a password without TLS; see `TlsTrust`. */
export interface Trust {
  readonly verifies: boolean;
  readonly authorities: string[] | undefined;
  readonly allowsClearLogin: boolean;
}

/** Where a connection goes. */
export interface Destination {
  /** A name in ASCII or an IP address. */
  readonly host: string;
  readonly port: number;
  /** `host:port`, for messages. */
  readonly server: string;
}

/**
 * Opens a TCP connection to one of the host's addresses, IPv6 and IPv4 in turn (RFC 8305).
 *
 * @throws SessionError
 */
export async function openConnection({ host, port, server }: Destination, limits: Limits): Promise<Socket> {
  const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: Math.max(250, limits.step / 4) });
  await until(socket, 'connect', limits, {
    late: new SessionError('time', `${server} did not accept a connection within ${limits.step / 1000} s.`, {
      advice: 'Check host and port. A firewall may be in the way; many networks block port 25, so try 587 or 465.',
    }),
    explain: (error) => connectionError(error, host, server),
  });
  return socket.setNoDelay(true).setKeepAlive(true, 30_000);
}

/**
 * Turns a connection into a TLS connection: version 1.2 or newer, the certificate verified against the host's name
 * unless nothing is to be verified.
 *
 * @throws SessionError
 */
export async function secureConnection(
  socket: Socket,
  { host, server }: Destination,
  limits: Limits,
  { authorities, verifies }: Trust,
): Promise<TLSSocket> {
  const secured = connectTls({
    socket,
    host,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: verifies,
    // A literal address is no server name, and a name has no dot at its end there (RFC 6066, 3).
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
    ...(authorities !== undefined && { ca: authorities }),
  });
  await until(secured, 'secureConnect', limits, {
    late: new SessionError('tls', `${server} did not finish the TLS handshake within ${limits.step / 1000} s.`, {
      advice: 'Check that the port is one for TLS.',
    }),
    explain: (error) => tlsError(error, server),
  });
  return secured;
}

/** Waits for an event of a connection; whatever comes instead ends the connection. */
async function until(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { step, signal }: Limits,
  failure: { late: SessionError; explain: (error: NodeJS.ErrnoException) => SessionError },
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
    const onError = (error: Error): void => finish(failure.explain(error));
    const onClose = (): void => finish(failure.explain(new Error('closed')));
    const onAbort = (): void => finish(signal.reason as SessionError);
    const timer = setTimeout(() => finish(failure.late), step);
    signal.addEventListener('abort', onAbort);
    // One listener stays: an error that comes while nobody else listens must not end the process.
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
      return new SessionError('address', `There is no host "${host}".`, { advice: 'Correct the host.', ...cause });
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
      return new SessionError('address', `The name service does not tell where "${host}" is (${code}).`, {
        advice: 'Check the name service of this machine.',
        ...cause,
      });
    case 'ECONNREFUSED':
      return new SessionError('connection', `${server} refuses connections.`, {
        advice: 'Check host and port, and that the mail server runs.',
        ...cause,
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new SessionError('connection', `${server} cannot be reached from here (${code}).`, {
        advice: 'Check the network and the firewall.',
        ...cause,
      });
    default:
      return new SessionError('connection', `${server} cannot be connected to (${code}).`, cause);
  }
}

/** What OpenSSL says of a server that does not begin with TLS. */
const noTls = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|RECORD_OVERFLOW/;

/** What it says of one that has only versions before 1.2. */
const oldTls = /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW/;

function tlsError(error: NodeJS.ErrnoException & { cert?: PeerCertificate }, server: string): SessionError {
  const code = error.code ?? 'closed';
  const cause = { cause: error };
  const certificate = (what: string, advice: string): SessionError =>
    new SessionError('certificate', `The certificate of ${server} ${what}.`, { advice, ...cause });
  if (noTls.test(code)) {
    return new SessionError('tls', `${server} does not start with TLS on this port.`, {
      advice: 'Set use_tls instead of use_ssl (STARTTLS), or take the port for TLS from the first byte, mostly 465.',
      ...cause,
    });
  }
  if (oldTls.test(code)) {
    return new SessionError('tls', `${server} does not speak TLS 1.2 or newer.`, {
      advice: 'Update the mail server; older versions are not safe any more.',
      ...cause,
    });
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return certificate('or of who signed it has expired', 'Renew it on the mail server.');
    case 'CERT_NOT_YET_VALID':
      return certificate('is not valid yet', 'Check the clocks of both machines.');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return certificate(
        `is not for this host but for ${namesOf(error.cert)}`,
        'Set the host to a name that is in the certificate.',
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return certificate('is signed by itself', 'Set EMAIL_CA_FILE to a file with that certificate if it is yours.');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_UNTRUSTED':
      return certificate(
        'is signed by an authority that is not trusted here',
        "Set EMAIL_CA_FILE to that authority's certificate, or have the mail server send all certificates in between.",
      );
    case 'CERT_REVOKED':
      return certificate('was revoked', 'Replace it on the mail server.');
    default:
      return new SessionError('tls', `The TLS handshake with ${server} failed (${code}).`, cause);
  }
}

/** The names that a certificate is for. */
export function namesOf(certificate: PeerCertificate | undefined): string {
  const names = certificate?.subjectaltname?.replaceAll(/\b(DNS|IP Address):/g, '') ?? '';
  return readable(names === '' ? [certificate?.subject.CN ?? 'no name'].flat().join(', ') : names).slice(0, 200);
}
