import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import type { DkimKey } from './dkim-key.entity.js';

const generate = promisify(generateKeyPair);

/** A new key pair, without its domain. */
export interface NewDkimKey extends Pick<DkimKey, 'selector' | 'algorithm' | 'publicKey'> {
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
}

/**
 * Generates an RSA key of 2048 bits and an Ed25519 key, with two selectors (RFC 8463, 4): many receivers verify RSA only.
 * The selectors are random, so that a rotation never reuses one.
 */
export async function generateDkimKeys(): Promise<readonly NewDkimKey[]> {
  const prefix = `es-${randomBytes(3).toString('hex')}`;
  const [rsa, ed25519] = await Promise.all([
    generate('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }),
    generate('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }),
  ]);
  return [
    {
      selector: `${prefix}-rsa`,
      algorithm: 'rsa',
      publicKey: rsa.publicKey.toString('base64'),
      privateKey: rsa.privateKey,
    },
    {
      selector: `${prefix}-ed25519`,
      algorithm: 'ed25519',
      // The record has the 32 bytes of the key alone (RFC 8463, 4).
      publicKey: ed25519.publicKey.subarray(-32).toString('base64'),
      privateKey: ed25519.privateKey,
    },
  ];
}

/** A DNS record that has to be published. */
export interface DnsRecord {
  readonly name: string;
  readonly type: 'TXT';
  /** The whole text; a record longer than 255 characters consists of several strings. */
  readonly value: string;
  /** Line of a zone file, with strings of at most 255 characters. */
  readonly zone_line: string;
}

/** Returns the record with the public key. */
export function dkimRecord(domain: string, key: Pick<DkimKey, 'selector' | 'algorithm' | 'publicKey'>): DnsRecord {
  const name = `${key.selector}._domainkey.${domain}`;
  const value = `v=DKIM1; k=${key.algorithm}; p=${key.publicKey}`;
  const strings = (value.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`);
  return { name, type: 'TXT', value, zone_line: `${name}. IN TXT ${strings.join(' ')}` };
}
