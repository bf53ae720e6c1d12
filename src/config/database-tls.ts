import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';

/** When a connection uses TLS: never, if the server insists, if the server can, always. */
export type TlsUse = 'never' | 'fallback' | 'first' | 'always';

/** How connections to a database server use TLS. */
export interface DatabaseTls {
  readonly use: TlsUse;
  /** The handshake starts at once, without PostgreSQL's request for it (PostgreSQL 17 and later). */
  readonly isDirect: boolean;
  /** Whether the server's certificate must be from a trusted CA. */
  readonly verifiesCertificate: boolean;
  /** Whether it must also name the host. */
  readonly verifiesHost: boolean;
  /** Trusted CAs, and the certificate of this client. */
  readonly context: SecureContext | undefined;
}

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Use of TLS by `sslmode`. */
const uses: Readonly<Record<string, TlsUse>> = { disable: 'never', allow: 'fallback', prefer: 'first' };

type Parameters = Readonly<Partial<Record<string, string>>>;

/**
 * Reads the parameters about TLS of a database URL. `sslmode` is what libpq means by it: with `sslrootcert`, every mode
 * checks that the certificate is from that CA, and only `verify-full` checks the host name.
 *
 * @throws Error whose message completes the name of the setting
 */
export function readDatabaseTls(parameters: Parameters): DatabaseTls {
  const { sslrootcert, sslcert, sslkey, sslnegotiation, ssl } = parameters;
  const isSystem = sslrootcert === 'system';
  const mode =
    parameters['sslmode'] ??
    (ssl === 'true' ? 'require' : (process.env['PGSSLMODE'] ?? (isSystem ? 'verify-full' : 'prefer')));
  if (!modes.includes(mode)) throw new Error(`has sslmode=${mode}: it must be ${modes.join(', ')}`);
  const use = uses[mode] ?? 'always';
  const isDirect = sslnegotiation === 'direct';
  if (isSystem && mode !== 'verify-full') throw new Error('has sslrootcert=system, which needs sslmode=verify-full');
  if (mode === 'verify-ca' && sslrootcert === undefined) {
    throw new Error(
      'has sslmode=verify-ca without sslrootcert: with any public CA, others could get a certificate too',
    );
  }
  if ((sslcert === undefined) !== (sslkey === undefined)) throw new Error('needs both sslcert and sslkey, or neither');
  if (isDirect && use !== 'always')
    throw new Error('has sslnegotiation=direct, which needs sslmode=require or stronger');
  return {
    use,
    isDirect,
    verifiesCertificate: sslrootcert !== undefined || mode === 'verify-full',
    verifiesHost: mode === 'verify-full',
    context: use === 'never' ? undefined : readContext(parameters, isSystem ? undefined : sslrootcert),
  };
}

function readContext({ sslcert, sslkey }: Parameters, authority: string | undefined): SecureContext {
  const ca = readPem('sslrootcert', authority);
  const cert = readPem('sslcert', sslcert);
  const key = readPem('sslkey', sslkey);
  try {
    // Otherwise a file without a certificate would count as an empty list.
    if (ca !== undefined) new X509Certificate(ca);
  } catch {
    throw new Error(`has sslrootcert=${authority}, which is not a certificate in PEM`);
  }
  try {
    return createSecureContext({ ca, cert, key });
  } catch (error) {
    throw new Error(`has an sslcert and sslkey that cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function readPem(name: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`has ${name}=${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}
