import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** A sealed value cannot be decrypted: it has another SECRET_KEY or place, or was modified. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/**
 * Encrypts secrets that must be read again (SMTP passwords, API keys): AES-256-GCM with a key derived from SECRET_KEY. A
 * dump of the database is useless without that key.
 */
export class SecretBox {
  private readonly key: Buffer;
  private readonly identifierKey: Buffer;

  constructor(secretKey: string) {
    this.key = derive(secretKey, 'sealed columns');
    this.identifierKey = derive(secretKey, 'identifiers');
  }

  /**
   * @param place name of the column, so that a sealed value cannot be moved to another one
   * @returns version, nonce, ciphertext and tag as text; an empty string stays empty
   */
  seal(plain: string, place: string): string {
    if (plain === '') return '';
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv(algorithm, this.key, nonce, { authTagLength: tagLength }).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${sealed.toString('base64url')}`;
  }

  /** @throws SealBrokenError */
  open(sealed: string, place: string): string {
    if (sealed === '') return '';
    const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url');
    try {
      const decipher = createDecipheriv(algorithm, this.key, bytes.subarray(0, nonceLength), {
        authTagLength: tagLength,
      });
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-tagLength));
      return decipher.update(bytes.subarray(nonceLength, -tagLength), undefined, 'utf8') + decipher.final('utf8');
    } catch (error) {
      throw new SealBrokenError(`A secret of ${place} cannot be opened: was SECRET_KEY changed?`, { cause: error });
    }
  }

  /** Returns a stable identifier in hex that reveals nothing about `value` without SECRET_KEY. */
  identifier(value: string): string {
    return createHmac('sha256', this.identifierKey).update(value).digest('hex');
  }
}

function derive(secretKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, 'email-stage', purpose, 32));
}
