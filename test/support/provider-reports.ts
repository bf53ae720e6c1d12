import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

import { signedHeaders } from '../../src/outgoing/standard-webhook.js';
import { apiKey } from './mail-provider-apis.js';
import type { ProviderReply } from './mail-provider-server.js';
import { sesReports, sesTopics } from './ses-reports.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signingKey = 'mailgun-signing-key-4711';
const login = 'postmark:a-long-password-4711';
/** User name and password for bounces that arrive as mails. */
export const messageLogin = 'bounces:a-long-password-4711';

/** The secrets of the providers. */
export const feedbackSecrets = {
  EMAIL_FEEDBACK_POSTMARK: login,
  // The old secret of a rotation comes first.
  EMAIL_FEEDBACK_RESEND: `whsec_${Buffer.alloc(24, 7).toString('base64')} ${apiKey}`,
  EMAIL_FEEDBACK_SENDGRID: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  EMAIL_FEEDBACK_MAILGUN: signingKey,
  EMAIL_FEEDBACK_MESSAGE: messageLogin,
  EMAIL_FEEDBACK_SES: sesTopics,
};

/** A mail that a provider has accepted. */
export interface SentMail {
  readonly pk: string;
  readonly to: string;
  /** The identifier in the response of the provider. */
  readonly id: string;
  readonly messageId: string;
}

/** A request that reports something. */
export interface Report {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a provider reports, as its documentation has it. */
export interface ProviderReports {
  /** Of the URL of its transport; by default its name. */
  readonly scheme?: string;
  readonly query: string;
  /** The response to a mail that gets this identifier. */
  readonly reply: (id: string) => ProviderReply;
  readonly bounce: (mail: SentMail) => object;
  readonly complaint: (mail: SentMail) => object;
  /** Events that change nothing. */
  readonly others: (mail: SentMail) => readonly object[];
  readonly broken: (mail: SentMail) => readonly unknown[];
  /** Returns the request with the proof of the provider. */
  readonly proven: (body: unknown) => Report;
  /** The same body with a wrong proof. */
  readonly forged: (body: unknown) => readonly Report[];
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Returns the header of user name and password. */
export function basic(credentials: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

const postmarkRecord = ({ id, to }: SentMail, fields: object): object => ({
  RecordType: 'Bounce',
  ID: Math.floor(Math.random() * 1e12),
  Type: 'HardBounce',
  TypeCode: 1,
  MessageID: id,
  Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
  Details: 'smtp;550 5.1.1 No such user',
  Email: to,
  BouncedAt: '2026-11-05T16:33:54.9070259Z',
  ...fields,
});

function svix(body: unknown, secret: string, at = new Date()): Report {
  const headers = signedHeaders({ id: `msg_${randomUUID()}`, body: JSON.stringify(body) }, [secret], at);
  return {
    body,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace('webhook', 'svix'), value]),
    ),
  };
}

const resendEvent = ({ id, to }: SentMail, type: string, more: object = {}): object => ({
  type,
  created_at: '2026-11-22T23:41:12.126Z',
  data: { email_id: id, to: [to], ...more },
});

const sendgridEvent = ({ id, to, messageId }: SentMail, event: string, more: object = {}): object => ({
  email: to,
  timestamp: now(),
  event,
  sg_event_id: randomUUID(),
  sg_message_id: `${id}.filter0001.16648.5515E0B88.0`,
  'smtp-id': `<${messageId}>`,
  ...more,
});

function sendgridSigned(body: unknown, key = privateKey): Report {
  const timestamp = String(now());
  const signature = sign('sha256', Buffer.from(timestamp + JSON.stringify(body)), key).toString('base64');
  return {
    body,
    headers: {
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    },
  };
}

const mailgunEvent = ({ to, messageId }: SentMail, event: string, more: object = {}): object => ({
  id: randomUUID(),
  timestamp: now() + 0.25,
  event,
  recipient: to,
  message: { headers: { to, 'message-id': messageId, from: 'a@b.example', subject: 'x' } },
  ...more,
});

function mailgunSigned(event: unknown, key = signingKey, timestamp = String(now())): Report {
  const token = randomUUID().replaceAll('-', '');
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
  return { body: { signature: { timestamp, token, signature }, 'event-data': event }, headers: {} };
}

const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** The providers by name. */
export const reports: Record<string, ProviderReports> = {
  postmark: {
    query: '?stream=transactional',
    reply: (MessageID) => ({ status: 200, body: { ErrorCode: 0, Message: 'OK', MessageID } }),
    bounce: (mail) => postmarkRecord(mail, {}),
    complaint: (mail) => postmarkRecord(mail, { RecordType: 'SpamComplaint', Type: 'SpamComplaint', TypeCode: 512 }),
    others: (mail) => [
      postmarkRecord(mail, { Type: 'SoftBounce', TypeCode: 4096 }),
      postmarkRecord(mail, { Type: 'Transient', TypeCode: 2 }),
      { RecordType: 'Delivery', MessageID: mail.id, Recipient: mail.to },
      { RecordType: 'Open', MessageID: mail.id },
    ],
    broken: (mail) => [
      {},
      [],
      null,
      postmarkRecord(mail, { MessageID: 7 }),
      postmarkRecord(mail, { ID: 'x' }),
      postmarkRecord(mail, { BouncedAt: 'yesterday' }),
    ],
    proven: (body) => ({ body, headers: basic(login) }),
    forged: (body) => [
      { body, headers: {} },
      { body, headers: basic('postmark:another') },
      { body, headers: { authorization: `Bearer ${login}` } },
    ],
  },
  resend: {
    query: '',
    reply: (id) => ({ status: 200, body: { id } }),
    bounce: (mail) =>
      resendEvent(mail, 'email.bounced', {
        bounce: { type: 'Permanent', subType: 'General', message: 'No such user' },
      }),
    complaint: (mail) => resendEvent(mail, 'email.complained'),
    others: (mail) => [
      resendEvent(mail, 'email.bounced', { bounce: { type: 'Transient', message: 'Mailbox full' } }),
      resendEvent(mail, 'email.delivered'),
      resendEvent(mail, 'email.delivery_delayed'),
    ],
    broken: (mail) => [{}, [], { type: 'email.bounced' }, { ...resendEvent(mail, 'email.bounced'), created_at: 'x' }],
    proven: (body) => svix(body, apiKey),
    forged: (body) => [
      { body, headers: {} },
      svix(body, `whsec_${Buffer.alloc(24, 9).toString('base64')}`),
      svix(body, apiKey, new Date(Date.now() - 600_000)),
      { ...svix({ other: 'body' }, apiKey), body },
    ],
  },
  sendgrid: {
    query: '',
    reply: (id) => ({ status: 202, headers: { 'x-message-id': id } }),
    bounce: (mail) => [
      sendgridEvent(mail, 'processed'),
      sendgridEvent(mail, 'bounce', { type: 'bounce', status: '5.1.1', reason: '550 No such user' }),
    ],
    complaint: (mail) => [sendgridEvent(mail, 'spamreport')],
    others: (mail) => [
      [],
      [sendgridEvent(mail, 'delivered'), sendgridEvent(mail, 'deferred')],
      [sendgridEvent(mail, 'bounce', { type: 'blocked', reason: '421 try later' })],
      [sendgridEvent(mail, 'dropped', { reason: 'Unsubscribed Address' })],
    ],
    broken: (mail) => [
      {},
      ['bounce'],
      [{}],
      [sendgridEvent(mail, 'bounce', { sg_message_id: null })],
      [sendgridEvent(mail, 'bounce', { timestamp: 'soon' })],
    ],
    proven: (body) => sendgridSigned(body),
    forged: (body) => [
      { body, headers: {} },
      sendgridSigned(body, other),
      { ...sendgridSigned([{ event: 'open' }]), body },
    ],
  },
  mailgun: {
    query: '?domain=mg.example.org',
    reply: (id) => ({ status: 200, body: { id: `<${id}@mg.example.org>`, message: 'Queued. Thank you.' } }),
    bounce: (mail) =>
      mailgunEvent(mail, 'failed', {
        severity: 'permanent',
        reason: 'bounce',
        'delivery-status': { code: 550, message: '5.1.1 No such user' },
      }),
    complaint: (mail) => mailgunEvent(mail, 'complained'),
    others: (mail) => [
      mailgunEvent(mail, 'failed', { severity: 'temporary', reason: 'generic' }),
      mailgunEvent(mail, 'failed', { severity: 'permanent', reason: 'old' }),
      mailgunEvent(mail, 'delivered'),
    ],
    broken: (mail) => [
      {},
      [],
      mailgunEvent(mail, 'complained', { id: 4 }),
      mailgunEvent(mail, 'complained', { message: {} }),
      mailgunEvent(mail, 'complained', { timestamp: -1 }),
    ],
    proven: (event) => mailgunSigned(event),
    forged: (event) => [
      { body: { 'event-data': event }, headers: {} },
      mailgunSigned(event, 'another-key'),
      mailgunSigned(event, signingKey, String(now() - 100_000)),
    ],
  },
  ses: sesReports,
};
