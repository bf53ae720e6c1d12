import { verify, type X509Certificate } from 'node:crypto';

import { parseJson } from '../../../rest/http/request-body.js';
import { type JsonObject, objectIn, textIn } from '../feedback-json.js';

/** Members that are signed, in this order; those that a message does not have are left out. */
const signedMembers = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** Hashes by `SignatureVersion`. */
const hashes = new Map<unknown, string>([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

/** Hosts of Amazon SNS: https://docs.aws.amazon.com/general/latest/gr/sns.html */
const snsHost = /^sns\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com(?:\.cn)?$/;

/** A message that claims to come from a topic of Amazon SNS. */
export interface SnsMessage {
  readonly type: keyof typeof signedMembers;
  readonly topic: string;
  /** What the publisher sent. */
  readonly text: string;
  /** Where its certificate is; undefined unless that is a server of Amazon SNS. */
  readonly certificateUrl: URL | undefined;
  /** Where a subscription is confirmed; undefined unless that is a server of Amazon SNS. */
  readonly subscribeUrl: URL | undefined;
  readonly content: JsonObject;
}

/**
 * Reads the body of a request of Amazon SNS, whose media type is `text/plain`:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 *
 * @returns undefined if it has another type
 * @throws FeedbackFormatError, AppError `malformedJson`
 */
export function readSnsMessage(body: Buffer): SnsMessage | undefined {
  const content = objectIn(parseJson(body), 'The body');
  const { Type: type, Message: text } = content;
  if (typeof type !== 'string' || !isType(type)) return undefined;
  return {
    type,
    topic: textIn(content, 'TopicArn'),
    text: typeof text === 'string' ? text : '',
    certificateUrl: urlOf(content['SigningCertURL'], /^\/SimpleNotificationService-[\da-f]{32}\.pem$/),
    subscribeUrl: urlOf(content['SubscribeURL'], /^\/(?:\?[^#]*)?$/),
    content,
  };
}

function isType(type: string): type is SnsMessage['type'] {
  return Object.hasOwn(signedMembers, type);
}

/** Returns a URL with this path and query on a server of Amazon SNS: certificates of other servers prove nothing. */
function urlOf(text: unknown, path: RegExp): URL | undefined {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return undefined;
  return snsHost.test(url.hostname) && path.test(url.href.slice(url.origin.length)) ? url : undefined;
}

/**
 * Whether a message is signed with the key of a certificate that is valid now:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 *
 * The package `sns-payload-validator` would fetch the certificate itself: without limits of time and size, past the guard of
 * outgoing requests, and it keeps an error page in its place.
 */
export function isSignedBy({ type, content }: SnsMessage, certificate: X509Certificate, now: Date): boolean {
  const { SignatureVersion: version, Signature: signature } = content;
  const hash = hashes.get(version);
  if (hash === undefined || typeof signature !== 'string') return false;
  const { publicKey, validFrom, validTo } = certificate;
  if (now < new Date(validFrom) || now > new Date(validTo)) return false;
  const members = signedMembers[type].filter((name) => typeof content[name] === 'string');
  const signed = members.map((name) => `${name}\n${String(content[name])}\n`).join('');
  return verify(hash, Buffer.from(signed), publicKey, Buffer.from(signature, 'base64'));
}
