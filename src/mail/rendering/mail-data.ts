/** The person a mail is for. All of it may have been typed by a stranger. */
interface MailUser {
  readonly username: string;
  /** May be empty. */
  readonly name: string;
  readonly email: string;
  /** Whatever the directory keeps about the user, such as `{ settings: { locale: 'de' } }`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * Everything a template can read, and all it can read: a value under any other name never reaches a template. All are
 * optional; a missing one renders as nothing.
 *
 * Values are text and never HTML: they are escaped in the HTML part. Before a template sees them they lose their
 * control characters and bidirectional overrides, and (except `body`) their line breaks. The bare token is not among
 * them: a template has the finished link or nothing.
 *
 * Besides these a template can read `subject` (the finished subject), `locale` (BCP 47, of the language that was
 * chosen), `direction` (`ltr` or `rtl`) and `align` (`left` or `right`: the side that lines start at).
 */
export interface MailData {
  /** The link to open; absolute, http or https. */
  readonly url?: string;
  /** The page that leads to a new password, beside `url`; absolute, http or https. */
  readonly recovery_url?: string;
  /** The link that says "this was not me", beside `url`; absolute, http or https. */
  readonly not_me_url?: string;
  /** One-time code to type instead of opening the link. */
  readonly code?: string;
  readonly user?: MailUser;
  /** Until when the code works; read it as `expires`. */
  readonly code_expires?: Date | string;
  /** Until when the link works; as text ISO 8601. Read it with `expires|timeuntil`, `|naturaltime` or `|date`. */
  readonly expires?: Date | string;
  /** `event_notification`: what happened, in a line. */
  readonly title?: string;
  /** `event_notification`: what happened, in full; the one value that may have several lines. */
  readonly body?: string;
  /** `event_notification`: details, shown as a table in this order. */
  readonly key_value?: Readonly<Record<string, unknown>>;
  /** `event_notification`: who sends it. */
  readonly source?: { readonly from: string };
  /** Notices: further changes of this kind are not mailed for a day. */
  readonly is_last?: boolean;
  /** `invitation`: the name or host of the service that the reader is invited to. */
  readonly host?: string;
}
