import { createHash, createPublicKey, constants, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { credentials } from './smtp/certificates.js';

/** A response without a token. */
export interface Refusal {
  readonly status: number;
  readonly body: object | string;
}

/** The secret that the server accepts. */
export const clientSecret = 'secret~of-the-client';

/** The refresh token that the server accepts first; each one can be used once. */
export const firstRefreshToken = 'refresh-0';

/** Response of Microsoft Entra to an expired secret. */
export const expiredSecret: Refusal = {
  status: 401,
  body: {
    error: 'invalid_client',
    error_description:
      "AADSTS7000222: The provided client secret keys for app '4c1e' are expired. Visit the Azure portal to create new " +
      'keys for your app. Trace ID: 17c2 Correlation ID: 99f0 Timestamp: 2026-11-29 10:00:00Z',
    error_codes: [7000222],
  },
};

/**
 * An authorization server that checks who asks (RFC 6749, RFC 7523): the secret of a client, the signature of its certificate
 * `oauth-client`, or of a service account with that key. Tokens name who they are for.
 */
export class AuthorizationServer {
  /** The fields of each request for a token. */
  readonly requests: URLSearchParams[] = [];
  /** Tokens that are valid. */
  readonly tokens = new Set<string>();
  /** Seconds that the next tokens live. */
  lifetime = 3600;
  /** Answers every request, if set. */
  refusal: Refusal | undefined;
  /** Resolves before the next response, if set. */
  hold: Promise<void> | undefined;
  private refreshToken = firstRefreshToken;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void text(request).then(async (body) => {
        const fields = new URLSearchParams(body);
        this.requests.push(fields);
        await this.hold;
        const { status, body: answer } = this.refusal ?? this.answer(fields);
        const content = typeof answer === 'string' ? answer : JSON.stringify(answer);
        response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(content);
      });
    });
  }

  /** @returns the address for tokens */
  async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(fields: URLSearchParams): Refusal {
    const field = (name: string): string => fields.get(name) ?? '';
    const grant = field('grant_type');
    if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      const claims = this.verified(field('assertion'), 'RS256');
      if (claims?.['scope'] !== 'https://mail.google.com/') return refusal('invalid_grant', 'Invalid JWT Signature.');
      return this.token(`${claims['iss']} for ${claims['sub']}`);
    }
    const isAssertion = field('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const claims = isAssertion ? this.verified(field('client_assertion'), 'PS256') : undefined;
    const isClient = claims?.['sub'] === field('client_id') && claims['iss'] === claims['sub'];
    if (!isClient && field('client_secret') !== clientSecret) {
      return refusal('invalid_client', `AADSTS7000215: Invalid client secret provided: ${field('client_secret')}.`);
    }
    if (grant === 'client_credentials') return this.token(`${field('client_id')} with ${field('scope')}`);
    if (grant !== 'refresh_token' || field('refresh_token') !== this.refreshToken) {
      return refusal('invalid_grant', 'Token has been expired or revoked.');
    }
    this.refreshToken = `refresh-${this.requests.length}`;
    return this.token(field('client_id'), { refresh_token: this.refreshToken });
  }

  private token(owner: string, others: object = {}): Refusal {
    const token = `${Buffer.from(owner).toString('base64url')}.${this.requests.length}`;
    this.tokens.add(token);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: this.lifetime, ...others } };
  }

  /** Returns the claims of an assertion for this server that the key of the certificate has signed. */
  private verified(assertion: string, algorithm: 'RS256' | 'PS256'): Record<string, string> | undefined {
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const { alg, 'x5t#S256': thumbprint } = decoded(header);
    const { cert } = credentials('oauth-client');
    const isOurs =
      algorithm === 'RS256' ||
      thumbprint === createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
    const padding = algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    const key = { key: createPublicKey(cert), padding, saltLength: 32 };
    const isSigned = verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
    const { aud, exp } = decoded(claims);
    const isValid = isSigned && isOurs && alg === algorithm && aud === this.url && Number(exp) * 1000 > Date.now();
    return isValid ? decoded(claims) : undefined;
  }
}

function refusal(error: string, description: string): Refusal {
  return { status: 400, body: { error, error_description: description } };
}

function decoded(part: string): Record<string, string> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, string>;
  } catch {
    return {};
  }
}
