/** A mailbox and the name of whom it belongs to. */
export interface MailAddress {
  /** Empty for none. */
  readonly name: string;
  /** One address, nothing around it; its domain may be written in any script. */
  readonly address: string;
}

/** A picture that the HTML part shows by `cid:`. */
export interface InlineImage {
  /** Without angle brackets. */
  readonly cid: string;
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** A rendered mail. Every text in it is taken as it is: nothing is a template, an address list or a path. */
export interface OutgoingMail {
  /** Without angle brackets. The same for every try, so that a receiver can tell a repetition. */
  readonly messageId: string;
  readonly from: MailAddress;
  readonly to: MailAddress;
  readonly subject: string;
  readonly html?: string;
  readonly text: string;
  /** Left out if there is no HTML part to show them. */
  readonly attachments: readonly InlineImage[];
  readonly date: Date;
  /** Further header fields by name; those that every mail has anyway are refused. */
  readonly headers?: Readonly<Record<string, string>>;
}
