import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/** What was stored cannot be opened: it was sealed under another SECRET_KEY, for another place, or was changed. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/**
 * Seals secrets that must be read again (SMTP passwords, API keys): AES-256-GCM under a key derived from SECRET_KEY.
 * A dump of the database is useless without that key.
 */
export class SecretBox {
  private readonly key: Buffer;
  private readonly identifierKey: Buffer;

  constructor(secretKey: string) {
    this.key = derive(secretKey, 'sealed columns');
    this.identifierKey = derive(secretKey, 'identifiers');
  }

  /**
   * @param place names the column, so that a sealed value cannot be moved into another one
   * @returns version, nonce, ciphertext and tag as text; the empty text stays empty
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

  /** A stable identifier in hex that says nothing of `value` to those who do not have SECRET_KEY. */
  identifier(value: string): string {
    return createHmac('sha256', this.identifierKey).update(value).digest('hex');
  }
}

function derive(secretKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, 'email-stage', purpose, 32));
}
