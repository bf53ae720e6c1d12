import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a server with TLS needs. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

export type CertificateName = 'localhost' | 'expired' | 'wrong-host';

/** The file of the authority that signed the certificates below. */
export const authorityFile = fileURLToPath(new URL('certificates/authority.pem', import.meta.url));

/** One of the certificates in `certificates/` with its key. */
export function credentials(name: CertificateName): Credentials {
  const pem = readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8');
  return { cert: pem, key: pem };
}
