import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../../config/settings.js';

/** TLS policy of a connection. */
export type Trust = Pick<TlsTrust, 'verifies' | 'authorities' | 'allowsClearLogin'>;

/** TLS policy for mail servers: trusted certificates, and whether authentication without TLS is allowed. */
@Injectable()
export class TlsTrust {
  /** False accepts any certificate (EMAIL_TLS_INSECURE). */
  readonly verifies: boolean;
  /**
   * PEM certificates of trusted CAs, the public ones and those in EMAIL_CA_FILE; undefined for the defaults of Node.js.
   */
  readonly authorities: string[] | undefined;
  /** Whether passwords may be sent without TLS (EMAIL_ALLOW_CLEAR_LOGIN). */
  readonly allowsClearLogin: boolean;
  private readonly logger = new Logger('Mail');

  /** @throws if EMAIL_CA_FILE cannot be read or holds no certificate */
  constructor(
    @Inject(SETTINGS)
    {
      emailAllowClearLogin,
      emailCaFile,
      emailTlsInsecure,
    }: Pick<Settings, 'emailAllowClearLogin' | 'emailCaFile' | 'emailTlsInsecure'>,
  ) {
    this.verifies = !emailTlsInsecure;
    this.allowsClearLogin = emailAllowClearLogin;
    this.authorities = emailCaFile === undefined ? undefined : [...rootCertificates, ...readCertificates(emailCaFile)];
    if (!this.verifies) {
      this.logger.warn(
        'EMAIL_TLS_INSECURE is set: certificates of mail servers are not verified. ' +
          'A man in the middle can read and change mails and SMTP passwords.',
      );
    }
  }

  /** Warns that the certificate of this server is not verified, if EMAIL_TLS_INSECURE is set. */
  warnAbout(server: string): void {
    if (!this.verifies) this.logger.warn(`The certificate of ${server} is not verified (EMAIL_TLS_INSECURE).`);
  }
}

function readCertificates(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`EMAIL_CA_FILE cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw new Error(`EMAIL_CA_FILE: no PEM certificate in ${file}.`);
  for (const certificate of certificates) {
    try {
      // OpenSSL silently ignores malformed certificates; every connection would then fail without a hint.
      new X509Certificate(certificate);
    } catch (error) {
      throw new Error(`EMAIL_CA_FILE: a certificate in ${file} cannot be read.`, { cause: error });
    }
  }
  return certificates;
}
