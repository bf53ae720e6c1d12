import { createHash, type KeyObject, sign } from 'node:crypto';

/** A private key that signs, and where its public key is published: `<selector>._domainkey.<domain>`. */
export interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: KeyObject;
}

/** The header fields that are signed if a mail has them (RFC 6376, 5.4.1). */
const signedFields = [
  'from',
  'reply-to',
  'subject',
  'date',
  'to',
  'message-id',
  'in-reply-to',
  'references',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'otp-token',
  'auto-submitted',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
];

/**
 * Returns a mail with a DKIM signature of each key (RFC 6376 and RFC 8463), with relaxed canonicalization, which survives
 * changes of white space on the way. From is signed twice, so that no second From can be added.
 *
 * Own code, because nodemailer's signer knows RSA only and mailauth's takes several times as long as the signature itself.
 *
 * @param raw header and body, with CRLF
 * @param date time of the signature
 */
export function signMail(raw: Buffer, keys: readonly SigningKey[], date: Date): Buffer {
  // One character per byte, so that the signature is of the bytes.
  const mail = raw.toString('latin1');
  const end = mail.indexOf('\r\n\r\n');
  const fields = canonicalFields(mail.slice(0, end + 2));
  const bodyHash = createHash('sha256')
    .update(canonicalBody(mail.slice(end + 4)), 'latin1')
    .digest('base64');
  const signatures = keys.map((key) => signatureField(key, fields, bodyHash, date));
  return Buffer.concat([Buffer.from(signatures.join('')), raw]);
}

function signatureField(
  { domain, selector, privateKey }: SigningKey,
  fields: ReadonlyMap<string, string>,
  bodyHash: string,
  date: Date,
): string {
  const isRsa = privateKey.asymmetricKeyType === 'rsa';
  const names = signedFields.filter((name) => fields.has(name));
  const unsigned =
    `DKIM-Signature: v=1; a=${isRsa ? 'rsa' : 'ed25519'}-sha256; c=relaxed/relaxed;\r\n` +
    ` d=${domain}; s=${selector}; t=${Math.floor(date.getTime() / 1000)};\r\n` +
    ` h=${['from', ...names].join(':').replaceAll(/(.{50,70}?:)(?=.)/g, '$1\r\n  ')};\r\n` +
    ` bh=${bodyHash};\r\n b=`;
  const signed = [...names.map((name) => fields.get(name)), canonicalField(unsigned)].join('\r\n');
  const data = Buffer.from(signed, 'latin1');
  // RFC 8463, 3: Ed25519 signs the hash.
  const signature = isRsa
    ? sign('sha256', data, privateKey)
    : sign(null, createHash('sha256').update(data).digest(), privateKey);
  return `${unsigned}${signature.toString('base64').replaceAll(/.{72}(?=.)/g, '$&\r\n  ')}\r\n`;
}

/** Returns the canonical field by its name; of fields that occur more than once the last, which is signed first (5.4.2). */
function canonicalFields(header: string): Map<string, string> {
  return new Map(
    header
      .split(/\r\n(?![ \t])/)
      .filter((field) => field !== '')
      .map((field) => [field.slice(0, field.indexOf(':')).trim().toLowerCase(), canonicalField(field)]),
  );
}

/** RFC 6376, 3.4.2 */
function canonicalField(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/^ | $/g, '');
  return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
}

/** RFC 6376, 3.4.4 */
function canonicalBody(body: string): string {
  const lines = body.replaceAll(/[ \t]+/g, ' ').replaceAll(' \r\n', '\r\n');
  let end = lines.endsWith(' ') ? lines.length - 1 : lines.length;
  while (end >= 2 && lines.startsWith('\r\n', end - 2)) end -= 2;
  return end === 0 ? '' : `${lines.slice(0, end)}\r\n`;
}
