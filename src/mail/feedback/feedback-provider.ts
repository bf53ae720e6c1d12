import type { IncomingHttpHeaders } from 'node:http';

import type { Settings } from '../../config/settings.js';
import type { FeedbackKind } from './feedback.entity.js';

/** A request that claims to come from a provider. */
export interface FeedbackRequest {
  readonly headers: IncomingHttpHeaders;
  /** @throws AppError `bodyTooLarge` when it is read */
  readonly body: Buffer;
  /** The body as JSON. */
  json(): unknown;
}

/** What a provider reports about a mail. */
export interface FeedbackEvent {
  /** The provider's identifier: the same when it reports the event again. */
  readonly event: string;
  readonly kind: FeedbackKind;
  /** Identifiers that the provider may have given the mail when it accepted it. */
  readonly ids: readonly string[];
  /** `Message-ID`, with or without angle brackets. */
  readonly messageId?: string | undefined;
  /** The key of the mail, as servers repeat it (ENVID). */
  readonly envelopeId?: string | undefined;
  readonly reason: string;
  readonly happened: Date;
}

/** A provider that reports what comes back. */
export interface FeedbackProvider {
  /** In the address of its reports. */
  readonly name: string;
  /** `provider` of the delivery attempts whose identifiers it reports, such as `http/postmark`. */
  readonly attempts: readonly string[];
  /**
   * Anyone can make its reports. One counts only for a mail that a server has accepted in the last 14 days, and only if all
   * identifiers in it are those of this mail; one on an unknown mail is not asked for again.
   */
  readonly isOpen?: boolean;
  /** Returns the setting with the secrets, separated by blanks; undefined if nothing is accepted. */
  secrets(settings: Settings): string | undefined;
  /** Whether the header proves that the provider has sent the request, for one that proves itself there. */
  isProven?(headers: IncomingHttpHeaders, secret: string): boolean;
  /** Whether the provider has sent the request, by one of the secrets. */
  isAuthentic(request: FeedbackRequest, secret: string, now: Date): boolean | Promise<boolean>;
  /**
   * Returns the bounces and complaints in an authentic request. All other events are left out.
   *
   * @throws FeedbackFormatError if the body is not what the provider documents
   */
  read(request: FeedbackRequest, now: Date): FeedbackEvent[] | Promise<FeedbackEvent[]>;
}

/** A body that is not what a provider documents. */
export class FeedbackFormatError extends Error {
  override readonly name = 'FeedbackFormatError';
}
