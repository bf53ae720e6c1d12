/** Values shown in the welcome text. */
interface Start {
  /** URL of the service, without a trailing slash. */
  readonly url: string;
  readonly isWorker: boolean;
  /** The administrator's API key, if it was created at this start. */
  readonly newKey: string | undefined;
  /** Whether BOOTSTRAP_TOKEN sets the key, so that it is not printed. */
  readonly hasOwnKey: boolean;
  /** Link with which the administrator signs in and chooses a password; undefined if they have one. */
  readonly signIn: string | undefined;
  /** URL of the local mailbox; undefined with a mail server. */
  readonly mailbox: string | undefined;
}

/** Returns the text that is printed once the service listens. */
export function welcome({ url, isWorker, newKey, hasOwnKey, signIn, mailbox }: Start): string {
  const mailboxLine = mailbox === undefined ? '' : `\n  Mailbox      ${mailbox}`;
  if (isWorker) {
    return `
  email-stage  ${url}
               a worker: sends mails, and serves only ${url}/-/health/ready/${mailboxLine}
`;
  }
  const oldKey = hasOwnKey
    ? 'the one in BOOTSTRAP_TOKEN'
    : 'the one shown at the first start (lost? BOOTSTRAP_TOKEN sets another)';
  const token =
    newKey === undefined ? oldKey : `${newKey}\n               of the administrator, akadmin; shown this once`;
  const consoleLines =
    signIn === undefined
      ? `${url}/console/`
      : `${signIn}\n               signs akadmin in and asks for a password: once, within an hour; a restart shows a new one`;
  return `
  email-stage  ${url}
  Console      ${consoleLines}
  Swagger UI   ${url}/api/v3/docs/
  API token    ${token}${mailboxLine}

  Try it:
  curl -H 'Authorization: Bearer ${newKey ?? '<API token>'}' ${url}/api/v3/stages/email/
`;
}
