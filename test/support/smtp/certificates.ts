import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Certificate and key of a TLS server. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

export type CertificateName = 'localhost' | 'expired' | 'wrong-host' | 'client' | 'oauth-client';

/** Path of the certificate authority's file. */
export const authorityFile = fileURLToPath(new URL('certificates/authority.pem', import.meta.url));

/** Path of a certificate in `certificates/` with its key. */
export function fileOf(name: CertificateName): string {
  return fileURLToPath(new URL(`certificates/${name}.pem`, import.meta.url));
}

/** Reads a certificate in `certificates/` with its key. */
export function credentials(name: CertificateName): Credentials {
  const pem = readFileSync(fileOf(name), 'utf8');
  return { cert: pem, key: pem };
}
