/** What the welcome text is about. */
interface Start {
  /** Address of the service, without a slash at the end. */
  readonly url: string;
  readonly isWorker: boolean;
  /** The administrator's API key, if this start made it. */
  readonly newKey: string | undefined;
  /** Whether the environment sets that key, so that it is not printed. */
  readonly hasOwnKey: boolean;
  /** Where mails can be read; undefined with a mail server. */
  readonly mailbox: string | undefined;
}

/** What a newcomer needs, printed once the service listens. */
export function welcome({ url, isWorker, newKey, hasOwnKey, mailbox }: Start): string {
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
  return `
  email-stage  ${url}
  Swagger UI   ${url}/api/v3/docs/
  API token    ${token}${mailboxLine}

  Try it:
  curl -H 'Authorization: Bearer ${newKey ?? '<API token>'}' ${url}/api/v3/stages/email/
`;
}
