import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** A sealed value cannot be decrypted: it has another SECRET_KEY or place, or was modified. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/** The keys that are derived from one secret key. */
interface DerivedKeys {
  readonly secretKey: string;
  /** Names the secret key without revealing it. */
  readonly id: string;
  readonly sealing: Buffer;
  readonly identifying: Buffer;
}

/**
 * Encrypts secrets that must be read again (SMTP passwords, API keys): AES-256-GCM with a key derived from SECRET_KEY. A
 * dump of the database is useless without that key. While SECRET_KEY is rotated, values of SECRET_KEY_PREVIOUS are read too.
 */
export class SecretBox {
  private readonly keys: readonly [DerivedKeys, ...DerivedKeys[]];
  /** Key of `lastingIdentifier`, which survives a rotation of SECRET_KEY. */
  private lastingKey: Buffer;

  /** @param previous SECRET_KEY_PREVIOUS: opens values, and seals none */
  constructor(secretKey: string, previous?: string) {
    this.keys = [derivedKeys(secretKey), ...(previous === undefined ? [] : [derivedKeys(previous)])];
    this.lastingKey = this.keys[0].identifying;
  }

  /** Names SECRET_KEY without revealing it. */
  get keyId(): string {
    return this.keys[0].id;
  }

  /**
   * @param place name of the column, so that a sealed value cannot be moved to another one
   * @returns version, nonce, ciphertext and tag as text; an empty string stays empty
   */
  seal(plain: string, place: string): string {
    if (plain === '') return '';
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv(algorithm, this.keys[0].sealing, nonce, { authTagLength: tagLength });
    cipher.setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${sealed.toString('base64url')}`;
  }

  /** @throws SealBrokenError */
  open(sealed: string, place: string): string {
    return sealed === '' ? '' : this.opened(sealed, place).plain;
  }

  /**
   * Returns the value sealed under SECRET_KEY; undefined if it already is, or is empty.
   *
   * @throws SealBrokenError
   */
  reseal(sealed: string, place: string): string | undefined {
    if (sealed === '') return undefined;
    const { plain, key } = this.opened(sealed, place);
    return key === this.keys[0] ? undefined : this.seal(plain, place);
  }

  /** Returns an identifier in hex that reveals nothing about `value` without SECRET_KEY. */
  identifier(value: string): string {
    return hmac(this.keys[0].identifying, value);
  }

  /** Returns the identifiers of a value under SECRET_KEY and, while it is rotated, under the previous key. */
  identifiers(value: string): string[] {
    return this.keys.map(({ identifying }) => hmac(identifying, value));
  }

  /** Whether this is an identifier of the value, in a time that depends on its length only. */
  identifies(value: string, identifier: string): boolean {
    const given = Buffer.from(identifier);
    return this.identifiers(value)
      .map((text) => Buffer.from(text))
      .some((expected) => given.length === expected.length && timingSafeEqual(given, expected));
  }

  /** Like `identifier`, and the same after a rotation of SECRET_KEY. */
  lastingIdentifier(value: string): string {
    return hmac(this.lastingKey, value);
  }

  /** Returns the key of lasting identifiers of a database whose values are sealed like this one, to store it. */
  lastingKeyFor(sealed: string, place: string): string {
    return this.opened(sealed, place).key.identifying.toString('base64url');
  }

  /** Sets the stored key of lasting identifiers. */
  useLastingKey(key: string): void {
    this.lastingKey = Buffer.from(key, 'base64url');
  }

  /**
   * Returns the box of the secret key with this id; undefined if it is neither the current nor the previous one.
   *
   * @param id undefined: the oldest known one, for values from releases that stored no id
   */
  withKey(id: string | undefined): SecretBox | undefined {
    const key = id === undefined ? this.keys.at(-1) : this.keys.find((known) => known.id === id);
    return key === undefined || key === this.keys[0] ? key && this : new SecretBox(key.secretKey);
  }

  private opened(sealed: string, place: string): { plain: string; key: DerivedKeys } {
    let cause: unknown;
    for (const key of this.keys) {
      try {
        return { plain: decrypt(sealed, place, key.sealing), key };
      } catch (error) {
        cause = error;
      }
    }
    throw new SealBrokenError(`A secret of ${place} cannot be opened: was SECRET_KEY changed?`, { cause });
  }
}

function decrypt(sealed: string, place: string, key: Buffer): string {
  const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url');
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-tagLength));
  return decipher.update(bytes.subarray(nonceLength, -tagLength), undefined, 'utf8') + decipher.final('utf8');
}

function derivedKeys(secretKey: string): DerivedKeys {
  return {
    secretKey,
    id: derive(secretKey, 'key id').toString('hex').slice(0, 16),
    sealing: derive(secretKey, 'sealed columns'),
    identifying: derive(secretKey, 'identifiers'),
  };
}

function derive(secretKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, 'email-stage', purpose, 32));
}

function hmac(key: Buffer, value: string): string {
  return createHmac('sha256', key).update(value).digest('hex');
}
