import { randomUUID, sign } from 'node:crypto';

import type { SnsHost } from '../../src/mail/feedback/sns/sns-host.js';
import { MailProviderServer } from './mail-provider-server.js';
import type { ProviderReports, Report, SentMail } from './provider-reports.js';
import { type CertificateName, credentials } from './smtp/certificates.js';

/** The setting: the old topic of a change comes first. */
const topic = 'arn:aws:sns:eu-west-1:123456789012:mail-feedback';
export const sesTopics = `arn:aws:sns:eu-west-1:123456789012:old-feedback ${topic}`;

const host = 'https://sns.eu-west-1.amazonaws.com';
const certificate = (digit: number): string => `${host}/SimpleNotificationService-${String(digit).repeat(32)}.pem`;

/** Certificates by their addresses. */
const certificates: Readonly<Record<string, CertificateName>> = {
  [certificate(1)]: 'oauth-client',
  [certificate(2)]: 'expired',
};

/**
 * Amazon SNS on this machine: serves certificates and confirms subscriptions. Requests for a host of Amazon SNS go to it, and
 * no others.
 */
export class SnsStandIn {
  readonly confirmed: string[] = [];
  private readonly server = new MailProviderServer(({ path }) => {
    const name = certificates[`${host}${path}`];
    if (name !== undefined) return { status: 200, body: credentials(name).cert };
    if (!path.startsWith('/?Action=ConfirmSubscription&')) return { status: 404 };
    this.confirmed.push(path);
    return { status: 200, body: '<ConfirmSubscriptionResponse/>' };
  });

  get calls(): number {
    return this.server.calls.length;
  }

  async listen(sns: SnsHost): Promise<void> {
    const address = await this.server.listen();
    const get = sns.get.bind(sns);
    // The guard of the service refuses this machine, so the request has another guard here.
    Object.assign(sns, { guard: undefined });
    sns.get = (url) => {
      if (url.origin !== host) throw new Error(`${url.href} is no address of Amazon SNS`);
      return get(new URL(`http://${address}${url.pathname}${url.search}`));
    };
  }

  close(): void {
    this.server.close();
  }
}

/** How a message of Amazon SNS is signed: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
interface Signing {
  readonly version?: '1' | '2' | '3';
  readonly key?: CertificateName;
  readonly url?: string;
}

/** Returns a message with its signature: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export function snsMessage(members: object, { version = '2', key = 'oauth-client', url }: Signing = {}): Report {
  const message: Record<string, string> = {
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topic,
    Timestamp: '2026-11-29T10:00:00.000Z',
    ...members,
  };
  const names = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`])).join('');
  const Signature = sign(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), credentials(key).key);
  return {
    body: {
      ...message,
      SignatureVersion: version,
      Signature: Signature.toString('base64'),
      SigningCertURL: url ?? certificate(1),
      UnsubscribeURL: `${host}/?Action=Unsubscribe`,
    },
    headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': message['Type'] ?? '' },
  };
}

/** Returns the message that asks to confirm a subscription. */
export function subscription(SubscribeURL = `${host}/?Action=ConfirmSubscription&Token=${randomUUID()}`): Report {
  const Message = 'You have chosen to subscribe to the topic.';
  return snsMessage({ Type: 'SubscriptionConfirmation', Token: 'a-token', Message, SubscribeURL });
}

const notified = (content: unknown, signing: Signing = {}): Report =>
  snsMessage(
    { Subject: 'Amazon SES', Message: typeof content === 'string' ? content : JSON.stringify(content) },
    signing,
  );

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html */
const notification = ({ id, to }: SentMail, type: 'Bounce' | 'Complaint', details: object): object => ({
  notificationType: type,
  mail: { timestamp: '2026-11-29T09:59:00.000Z', messageId: id, source: 'a@b.example', destination: [to] },
  [type.toLowerCase()]: { timestamp: '2026-11-29T10:00:00.000Z', feedbackId: randomUUID(), ...details },
});

const bounce = (mail: SentMail, more: object = {}): object =>
  notification(mail, 'Bounce', {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      { emailAddress: mail.to, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 No such user' },
    ],
    reportingMTA: 'dsn; a.example',
    ...more,
  });

/** Returns a bounce after which the next mail may arrive. */
export const transientBounce = (mail: SentMail): Report =>
  notified(bounce(mail, { bounceType: 'Transient', bounceSubType: 'MailboxFull' }), { version: '1' });

export const sesReports: ProviderReports = {
  scheme: 'ses+api',
  query: '?region=eu-west-1',
  reply: (MessageId) => ({ status: 200, body: { MessageId } }),
  bounce,
  complaint: (mail) => {
    const { notificationType: eventType, ...others } = notification(mail, 'Complaint', {
      complainedRecipients: [{ emailAddress: mail.to }],
      complaintFeedbackType: 'abuse',
    }) as { notificationType: string };
    return { ...others, eventType };
  },
  others: (mail) => [
    bounce(mail, { bounceType: 'Undetermined', bounceSubType: 'Undetermined' }),
    notification(mail, 'Complaint', { complaintFeedbackType: 'not-spam' }),
    { notificationType: 'Delivery', mail: { messageId: mail.id }, delivery: { recipients: [mail.to] } },
    { notificationType: 'AmazonSnsSubscriptionSucceeded', message: 'You have successfully subscribed your topic.' },
  ],
  broken: (mail) => [{}, [], null, 'Hello', bounce(mail, { feedbackId: 7 }), bounce(mail, { timestamp: 'soon' })],
  proven: notified,
  forged: (content) => {
    const proven = notified(content);
    const body = proven.body as Record<string, unknown>;
    const withMember = (members: object): Report => ({ ...proven, body: { ...body, ...members } });
    return [
      withMember({ Signature: undefined }),
      withMember({ Timestamp: '2026-11-29T10:00:01.000Z' }),
      withMember({ Type: 'Notice' }),
      notified(content, { key: 'client' }),
      notified(content, { version: '3' }),
      notified(content, { key: 'expired', url: certificate(2) }),
      snsMessage({ Message: JSON.stringify(content), TopicArn: 'arn:aws:sns:eu-west-1:123456789012:another' }),
      ...[
        'https://sns.eu-west-1.amazonaws.com.example.org',
        'https://sns.s3.amazonaws.com',
        'https://s3.eu-west-1.amazonaws.com',
        'http://sns.eu-west-1.amazonaws.com',
        'https://sns.eu-west-1.amazonaws.com:8443',
        'https://sns.eu-west-1.amazonaws.com/bucket',
        'https://user@sns.eu-west-1.amazonaws.com',
      ].map((origin) => notified(content, { url: certificate(1).replace(host, origin) })),
    ];
  },
};
