import type { StoredLink } from '../../database/link-secret.js';
import type { TemplateContent } from '../rendering/draft.js';

/** An account that the reader can choose in a mail. */
interface StoredChoice {
  readonly username: string;
  /** The link for this account. Its secret is derived when the mail is sent. */
  readonly link: StoredLink;
}

/** Template data of a message as stored, with keys in place of secrets. */
export interface StoredMailData {
  readonly user?: { readonly username: string; readonly name: string; readonly email: string };
  /** The link in the mail. Its secret is derived when the mail is sent. */
  readonly link?: StoredLink;
  /** The links of a mail that is about one of several accounts, in place of `link`. */
  readonly choices?: readonly StoredChoice[];
  /** The "this was not me" link. */
  readonly notMe?: StoredLink;
  /** Key of the one-time code, which is derived when the mail is sent. */
  readonly codeKey?: string;
  /** Expiry of the code, ISO 8601. */
  readonly codeExpires?: string;
  /** Origin of the page where the code is entered; null if it is not known. Default: this service. */
  readonly codeOrigin?: string | null;
  /** Names the SECRET_KEY that links and code are derived with (`SecretBox.keyId`). */
  readonly secretKeyId?: string;
  /** Expiry of the link, ISO 8601. */
  readonly expires?: string;
  /** A test mail of an administrator: each attempt takes at most `testTimeoutSeconds`. */
  readonly isTrial?: boolean;
  /** A notification of a rule: the events about the mail fire no rules. */
  readonly isNotification?: boolean;
  /** Source of a test mail whose template is not saved. */
  readonly draft?: TemplateContent;
  /** The subject is the default of the template. */
  readonly hasDefaultSubject?: boolean;
  /** Trace in which the mail was queued (W3C Trace Context). */
  readonly traceparent?: string;
  /** Additional values of the template. */
  readonly values?: Readonly<Record<string, unknown>>;
}
