import { createRemoteJWKSet, jwtVerify } from 'jose';

/** What a signed result says. */
export interface ResultClaims {
  /** Key of the verification. */
  readonly sub: string;
  /** The address that was verified. */
  readonly email: string;
  /** What verified it: `link` or `code`. */
  readonly method: string;
  /** When, ISO 8601. */
  readonly verified_at: string;
  /** The key that your application gave the verification; empty if none. */
  readonly external_id: string;
}

/**
 * Returns a function that checks the `token` with which the service sends a visitor back, and returns what it says. Make it
 * once for a process: it keeps the public keys of the service. The function throws for any other token; with `started`, the key
 * of the verification that this visitor has started, also for a token of another visitor.
 *
 * @param issuer address of the service (its PUBLIC_URL)
 * @param audience origin of your application, such as `https://app.example.com`
 */
export function resultReader({
  issuer,
  audience,
}: {
  readonly issuer: string;
  readonly audience: string;
}): (token: string, started?: { readonly verification: string }) => Promise<ResultClaims> {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', issuer));
  const withoutSlash = issuer.replace(/\/+$/, '');
  return async (token, started) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: withoutSlash,
      audience,
      algorithms: ['EdDSA'],
      requiredClaims: ['sub', 'email', 'exp'],
      ...(started !== undefined && { subject: started.verification }),
    });
    return payload as unknown as ResultClaims;
  };
}
