/** What a message's template is filled with, as it is stored: names and references, never a secret. */
export interface StoredMailData {
  readonly user?: { readonly username: string; readonly name: string; readonly email: string };
  /** The link in the mail. Its secret is derived from `key` when the mail is sent, and is stored nowhere. */
  readonly link?: { readonly path: string; readonly query: string; readonly parameter: string; readonly key: string };
  /** A second link, as `link`: "this was not me". */
  readonly notMe?: NonNullable<StoredMailData['link']>;
  /** The one-time code's key, from which the code is derived when the mail is sent. */
  readonly codeKey?: string;
  /** Until when the code works, ISO 8601. */
  readonly codeExpires?: string;
  /** Until when the link works, ISO 8601. */
  readonly expires?: string;
  /** A test mail of an administrator: each attempt takes at most `trialTimeout`. */
  readonly isTrial?: boolean;
  /** Further values that a template declares. */
  readonly values?: Readonly<Record<string, unknown>>;
}
