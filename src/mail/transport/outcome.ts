/** Details of a mail that was not accepted. */
interface FailureDetails {
  /** For administrators. */
  readonly reason: string;
  /** SMTP reply code (RFC 5321, 4.2) or HTTP status, if the server replied. */
  readonly code?: number;
  /** Text of the reply: one line of at most 500 characters, without control characters and secrets. */
  readonly reply?: string;
  /** `host:port` */
  readonly server?: string;
  /** Such as `TLSv1.3`; null for a connection without TLS; absent without a connection. */
  readonly tls?: string | null;
}

/**
 * Result of sending one mail.
 *
 * - `accepted`: the server took responsibility for the mail (RFC 5321, 4.2.5).
 * - `captured`: the mail is in the local mailbox.
 * - `refused`: permanent failure. The server rejected the sender, the recipient or the message (5yz), or an address, a
 *   header or the settings are invalid.
 * - `deferred`: transient failure, to be retried: 4yz, timeouts, lost connections, DNS errors, and everything that an
 *   administrator can fix: TLS and certificates, authentication that fails (535) or is missing (530). `unreachable`
 *   means that the server fails for every sender.
 *
 * A connection that is lost between the end of the message data and the reply is `deferred` too: the server may have
 * accepted the mail, and a retry then delivers it twice. RFC 5321 (4.5.4.1) prefers duplicates to lost mails.
 */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly server: string;
      readonly tls: string | null;
      readonly code: number;
      readonly reply: string;
      /** The message's identifier at the server or provider, if it names one. */
      readonly providerMessageId?: string | undefined;
    }
  | { readonly kind: 'captured'; readonly reason: string }
  | ({ readonly kind: 'refused' } & FailureDetails)
  | ({
      readonly kind: 'deferred';
      readonly unreachable: boolean;
      /** Whether the server may have accepted the mail, so that no other server may get it at once. */
      readonly isDoubtful?: boolean;
      /** Seconds until the next attempt at the earliest, if the server says so. */
      readonly retryAfter?: number;
    } & FailureDetails);

/** Result of sending a mail that was not accepted. */
export type Failure = Exclude<Outcome, { readonly kind: 'accepted' | 'captured' }>;
