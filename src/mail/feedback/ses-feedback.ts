import { Injectable, Logger } from '@nestjs/common';

import type { Settings } from '../../config/settings.js';
import { parseJson } from '../../rest/http/request-body.js';
import { harmlessComplaints } from './complaint-types.js';
import { isSame, type JsonObject, objectIn, optionalText, textIn, timeIn, wordsIn } from './feedback-json.js';
import {
  type FeedbackEvent,
  FeedbackFormatError,
  type FeedbackProvider,
  type FeedbackRequest,
} from './feedback-provider.js';
import { SnsHost } from './sns/sns-host.js';
import { isSignedBy, readSnsMessage, type SnsMessage } from './sns/sns-message.js';

/** What Amazon SES publishes when a topic is chosen. */
const greeting = 'Successfully validated SNS topic';

/**
 * Amazon SES over Amazon SNS: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html, also as events:
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html. The secrets are the ARNs of the
 * topics; what proves a message is the signature of Amazon SNS. A repeated message is harmless, however old it is.
 */
@Injectable()
export class SesFeedback implements FeedbackProvider {
  readonly name = 'ses';
  /** A mail by SMTP has the identifier in its attempt too. */
  readonly attempts = ['http/ses+api', 'smtp'];
  private readonly logger = new Logger('Mail');

  constructor(private readonly host: SnsHost) {}

  secrets({ emailFeedbackSes }: Settings): string | undefined {
    return emailFeedbackSes;
  }

  async isAuthentic({ body }: FeedbackRequest, topic: string, now: Date): Promise<boolean> {
    const message = readSnsMessage(body);
    // The topic first: no certificate is fetched for a stranger.
    if (message?.certificateUrl === undefined || !isSame(message.topic, topic)) return false;
    return isSignedBy(message, await this.host.certificate(message.certificateUrl), now);
  }

  async read({ body }: FeedbackRequest): Promise<FeedbackEvent[]> {
    const message = readSnsMessage(body);
    if (message?.type === 'SubscriptionConfirmation') await this.confirm(message);
    if (message?.type !== 'Notification' || message.text.startsWith(greeting)) return [];
    const event = feedbackOf(objectIn(parseJson(Buffer.from(message.text)), 'Message'), message.topic);
    return event === undefined ? [] : [event];
  }

  private async confirm({ subscribeUrl, topic }: SnsMessage): Promise<void> {
    if (subscribeUrl === undefined) throw new FeedbackFormatError('SubscribeURL is not a URL of Amazon SNS.');
    await this.host.get(subscribeUrl);
    this.logger.log({ message: 'subscribed to reports', provider: this.name, topic });
  }
}

function feedbackOf(content: JsonObject, topic: string): FeedbackEvent | undefined {
  const type = optionalText(content, 'notificationType') ?? textIn(content, 'eventType');
  if (type !== 'Bounce' && type !== 'Complaint') return undefined;
  const details = objectIn(content[type.toLowerCase()], type.toLowerCase());
  const kind = type === 'Bounce' ? bounceKind(details) : complaintKind(details);
  if (kind === undefined) return undefined;
  const id = textIn(objectIn(content['mail'], 'mail'), 'messageId');
  const [, , , region = ''] = topic.split(':');
  return {
    event: textIn(details, 'feedbackId'),
    kind,
    // The second and third are what a mail gets by SMTP.
    ids: [id, `${id}@${region}.amazonses.com`, `${id}@email.amazonses.com`],
    reason: reasonOf(details),
    happened: timeIn(details, 'timestamp'),
  };
}

function bounceKind(bounce: JsonObject): 'bounce' | 'transient' | undefined {
  const type = textIn(bounce, 'bounceType');
  if (type === 'Permanent') return 'bounce';
  return type === 'Transient' ? 'transient' : undefined;
}

function complaintKind(complaint: JsonObject): 'complaint' | undefined {
  return harmlessComplaints.includes(optionalText(complaint, 'complaintFeedbackType') ?? '') ? undefined : 'complaint';
}

function reasonOf(details: JsonObject): string {
  const { bouncedRecipients: [recipient] = [] } = details as { bouncedRecipients?: unknown[] };
  const words = recipient === undefined ? '' : wordsIn(objectIn(recipient, 'A recipient'), 'status', 'diagnosticCode');
  return [wordsIn(details, 'bounceSubType', 'complaintFeedbackType'), words].filter(Boolean).join(' ');
}
