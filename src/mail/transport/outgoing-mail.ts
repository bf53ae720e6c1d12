import type { MailAddress } from '../../syntax/mail-address.js';
import type { SigningKey } from './dkim-signature.js';

/** An image that the HTML part references by `cid:`. */
export interface InlineImage {
  /** Without angle brackets. */
  readonly cid: string;
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** A rendered mail. All texts are literal: none is read as a template, an address list or a path. */
export interface OutgoingMail {
  /** Key of the message, a UUID: the same for every attempt. */
  readonly pk: string;
  /** Without angle brackets. The same for every attempt, so that receivers can detect duplicates. */
  readonly messageId: string;
  readonly from: MailAddress;
  readonly to: MailAddress;
  /** Where answers go, if not to the sender. */
  readonly replyTo?: MailAddress;
  readonly subject: string;
  readonly html?: string;
  readonly text: string;
  /** Omitted if there is no HTML part. */
  readonly attachments: readonly InlineImage[];
  readonly date: Date;
  /** Additional header fields by name; those that every mail has are rejected. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Keys that sign the mail with DKIM. */
  readonly signingKeys?: readonly SigningKey[];
}
