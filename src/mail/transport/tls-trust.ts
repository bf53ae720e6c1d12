import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';

/** Which certificates of mail servers are believed, and whether one without TLS is logged in to. */
@Injectable()
export class TlsTrust {
  /** False: any certificate will do (EMAIL_TLS_INSECURE). */
  readonly verifies: boolean;
  /** Certificates of authorities in PEM, the public ones and those of EMAIL_CA_FILE; undefined: what Node.js trusts. */
  readonly authorities: string[] | undefined;
  /** Whether a password may go over the network without TLS (EMAIL_ALLOW_CLEAR_LOGIN). */
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
    this.authorities = emailCaFile === undefined ? undefined : [...rootCertificates, ...certificatesIn(emailCaFile)];
    if (!this.verifies) {
      this.logger.warn(
        'EMAIL_TLS_INSECURE is set: certificates of mail servers are not verified. ' +
          'Anybody on the way can read and change mails and SMTP passwords.',
      );
    }
  }

  /** Says once more, for a server that mails are about to go to, what EMAIL_TLS_INSECURE means. */
  warnAbout(server: string): void {
    if (!this.verifies) this.logger.warn(`The certificate of ${server} is not verified (EMAIL_TLS_INSECURE).`);
  }
}

function certificatesIn(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`EMAIL_CA_FILE cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw new Error(`EMAIL_CA_FILE: there is no certificate (PEM) in ${file}.`);
  for (const certificate of certificates) {
    try {
      // OpenSSL ignores what it cannot read; then nothing would be trusted, for no reason that anybody is told.
      new X509Certificate(certificate);
    } catch (error) {
      throw new Error(`EMAIL_CA_FILE: a certificate in ${file} cannot be read.`, { cause: error });
    }
  }
  return certificates;
}
