import type { PeerCertificate } from 'node:tls';

import { truncated } from '../../../syntax/truncated.js';
import { sanitize } from '../sanitize.js';
import { SessionError } from './session-error.js';
import { implicitTls, startTls } from './smtp-settings.js';

/** OpenSSL's error codes for servers that do not start with TLS. */
const nonTlsErrors = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|RECORD_OVERFLOW/;

/** OpenSSL's error codes for servers that only support TLS versions before 1.2. */
const oldTlsErrors = /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW/;

/** Error of a TLS socket; nodemailer keeps its code in `originalCode`. */
interface TlsFailure extends Error {
  readonly code?: string;
  readonly originalCode?: string;
  readonly cert?: PeerCertificate;
}

/** Returns the error of a TLS handshake, for administrators. */
export function tlsError(error: TlsFailure, server: string): SessionError {
  const code = error.originalCode ?? error.code ?? 'closed';
  const cause = { cause: error };
  const certificate = (what: string, advice: string): SessionError =>
    new SessionError('certificate', `The certificate of ${server} ${what}.`, { advice, ...cause });
  if (nonTlsErrors.test(code)) {
    return new SessionError('tls', `${server} does not use implicit TLS on this port.`, {
      advice: `Set ${startTls} instead of ${implicitTls}, or use the port for implicit TLS, usually 465.`,
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
  return truncated(sanitize(names === '' ? [certificate?.subject.CN ?? 'no name'].flat().join(', ') : names), 200);
}
