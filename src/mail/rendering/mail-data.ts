/** The recipient. All values are untrusted: they may come from a sign-up form. */
interface MailUser {
  readonly username: string;
  /** May be empty. */
  readonly name: string;
  readonly email: string;
  /** Attributes of the user, such as `{ settings: { locale: 'de' } }`. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * Returns the expiry that a mail states: half a minute late, because templates round the time until then down, and a mail is
 * rendered some seconds after its link was made.
 */
export function statedExpiry(expires: Date): Date {
  return new Date(expires.getTime() + 30_000);
}

/**
 * All values that a template can read; values with other names never reach a template. All are optional; a missing one
 * renders as nothing.
 *
 * Values are text and never HTML: they are escaped in the HTML part. Control characters, bidirectional overrides and
 * (except in `body`) line breaks are removed. There is no value for the bare token, only for the complete link.
 *
 * A template can also read `subject` (the final subject), `locale` (BCP 47 tag of the negotiated
 * language), `direction` (`ltr` or `rtl`), `align` (`left` or `right`: the side that lines start at) and `brand`
 * (`brandScope`).
 */
export interface MailData {
  /** The main link; an absolute http or https URL. */
  readonly url?: string;
  /** `account_choice`: the accounts with the address, each with its link, in place of `url`. */
  readonly choices?: readonly { readonly username: string; readonly url: string }[];
  /** Link to password recovery; an absolute http or https URL. */
  readonly recovery_url?: string;
  /** "This was not me" link; an absolute http or https URL. */
  readonly not_me_url?: string;
  /** One-time code, an alternative to the link. */
  readonly code?: string;
  readonly user?: MailUser;
  /** Expiry of the code, with the same format as `expires`. */
  readonly code_expires?: Date | string;
  /** Expiry of the link; ISO 8601 if a string. Formatted with `expires|timeuntil`, `|naturaltime` or `|date`. */
  readonly expires?: Date | string;
  /** `event_notification`: summary in one line. */
  readonly title?: string;
  /** `event_notification`: full text; the only value that may have several lines. */
  readonly body?: string;
  /** `event_notification`: details for a table, in this order. */
  readonly key_value?: Readonly<Record<string, unknown>>;
  /** `event_notification`: the sender. */
  readonly source?: { readonly from: string };
  /** Notices: no further changes of this kind are mailed for a day; `event_notification`: no further events within the hour. */
  readonly is_last?: boolean;
  /** `address_changed`: the earlier address is still one of the account. */
  readonly is_kept?: boolean;
  /** `further_address`: the address was removed, not added. */
  readonly is_removed?: boolean;
  /** `invitation`: where the account is created; by default the name of the service. */
  readonly host?: string;
}
