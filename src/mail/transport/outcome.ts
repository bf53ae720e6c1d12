/** What is known of the server when a mail was not accepted. */
interface Answer {
  /** In words, for an administrator. */
  readonly reason: string;
  /** Of the server's reply (RFC 5321, 4.2), if it gave one. */
  readonly code?: number;
  /** The text of that reply: one line of at most 500 characters, without control characters and secrets. */
  readonly reply?: string;
  /** `host:port`. */
  readonly server?: string;
  /** Such as `TLSv1.3`; null for a connection in clear; left out if there was no connection. */
  readonly tls?: string | null;
}

/**
 * What came of handing over one mail.
 *
 * - `accepted`: the server took the responsibility for it (RFC 5321, 4.2.5).
 * - `refused`: no later try can succeed. The server said so of the sender, the recipient or the message (5yz), or an
 *   address, a header or the settings cannot be used at all.
 * - `deferred`: a later try may succeed: 4yz, time-outs, broken connections, names that do not resolve, and everything
 *   that an administrator can put right without the mail being at fault: TLS and certificates, a login that is refused
 *   (535) or missing (530). `unreachable` says that the server itself is out of order, for whoever sends over it.
 *
 * A connection that breaks after the mail was written, but before the server's answer, is `deferred` too: the server
 * may have accepted the mail, and a second try then delivers it twice. RFC 5321 (4.5.4.1) prefers that to a lost one.
 */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly server: string;
      readonly tls: string | null;
      readonly code: number;
      readonly reply: string;
    }
  | ({ readonly kind: 'refused' } & Answer)
  | ({ readonly kind: 'deferred'; readonly unreachable: boolean } & Answer);
