/** A provider of mail servers, and what it asks senders to include in their SPF record. */
export interface MailProvider {
  readonly name: string;
  /** The host of its mail servers or of its API, or the domain of these hosts. */
  readonly host: string;
  readonly include: string;
}

/** The providers, as their documentation for senders names them. */
const providers: readonly MailProvider[] = [
  { name: 'Microsoft 365', host: 'office365.com', include: 'spf.protection.outlook.com' },
  { name: 'Microsoft 365', host: 'protection.outlook.com', include: 'spf.protection.outlook.com' },
  { name: 'Microsoft 365', host: 'graph.microsoft.com', include: 'spf.protection.outlook.com' },
  { name: 'Google Workspace', host: 'smtp.gmail.com', include: '_spf.google.com' },
  { name: 'Google Workspace', host: 'smtp-relay.gmail.com', include: '_spf.google.com' },
  { name: 'Amazon SES', host: 'amazonaws.com', include: 'amazonses.com' },
  { name: 'Resend', host: 'resend.com', include: 'amazonses.com' },
  { name: 'Postmark', host: 'postmarkapp.com', include: 'spf.mtasv.net' },
  { name: 'SendGrid', host: 'sendgrid.net', include: 'sendgrid.net' },
  { name: 'SendGrid', host: 'sendgrid.com', include: 'sendgrid.net' },
  { name: 'Mailgun', host: 'mailgun.org', include: 'mailgun.org' },
  { name: 'Mailgun', host: 'mailgun.net', include: 'mailgun.org' },
  { name: 'Brevo', host: 'smtp-relay.brevo.com', include: 'spf.brevo.com' },
  { name: 'Mailjet', host: 'mailjet.com', include: 'spf.mailjet.com' },
  { name: 'Fastmail', host: 'fastmail.com', include: 'spf.messagingengine.com' },
  { name: 'Zoho', host: 'zoho.com', include: 'zoho.com' },
];

/** Returns the provider of a mail server; undefined if it is none of the known ones. */
export function providerOf(server: string): MailProvider | undefined {
  return providers.find(({ host }) => server === host || server.endsWith(`.${host}`));
}

/** Domains of public mailbox providers: only their own servers may send from them. */
const mailboxDomains: ReadonlySet<string> = new Set([
  'aol.com',
  'gmail.com',
  'gmx.de',
  'gmx.net',
  'googlemail.com',
  'hotmail.com',
  'icloud.com',
  'live.com',
  'mail.ru',
  'me.com',
  'msn.com',
  'outlook.com',
  'proton.me',
  'protonmail.com',
  'qq.com',
  'web.de',
  'yahoo.com',
  'yandex.ru',
]);

/** Whether this is the domain of a public mailbox provider, so that no other server may send from it. */
export function isMailboxDomain(domain: string): boolean {
  return mailboxDomains.has(domain);
}
