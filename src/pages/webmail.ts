/** A mail service that people read in a browser. */
export interface Webmail {
  readonly name: string;
  readonly href: string;
}

/** Mail services with the domains of their addresses. A domain that ends in a dot stands for every country. */
const services: readonly (Webmail & { readonly domains: readonly string[] })[] = [
  { name: 'Gmail', href: 'https://mail.google.com/mail/', domains: ['gmail.com', 'googlemail.com'] },
  {
    name: 'Outlook',
    href: 'https://outlook.live.com/mail/',
    domains: ['outlook.', 'hotmail.', 'live.', 'msn.com'],
  },
  { name: 'Yahoo Mail', href: 'https://mail.yahoo.com/', domains: ['yahoo.', 'ymail.com', 'rocketmail.com'] },
  { name: 'iCloud Mail', href: 'https://www.icloud.com/mail/', domains: ['icloud.com', 'me.com', 'mac.com'] },
  { name: 'Proton Mail', href: 'https://mail.proton.me/', domains: ['proton.me', 'protonmail.com', 'pm.me'] },
  { name: 'GMX', href: 'https://www.gmx.net/', domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'] },
  { name: 'GMX', href: 'https://www.gmx.com/', domains: ['gmx.com', 'gmx.us', 'gmx.co.uk'] },
  { name: 'WEB.DE', href: 'https://web.de/', domains: ['web.de'] },
  { name: 'Fastmail', href: 'https://app.fastmail.com/', domains: ['fastmail.com', 'fastmail.fm'] },
  { name: 'T-Online', href: 'https://email.t-online.de/', domains: ['t-online.de', 'magenta.de'] },
  { name: 'Orange', href: 'https://messagerie.orange.fr/', domains: ['orange.fr', 'wanadoo.fr'] },
  { name: 'QQ Mail', href: 'https://mail.qq.com/', domains: ['qq.com', 'foxmail.com'] },
  { name: 'NetEase Mail', href: 'https://mail.163.com/', domains: ['163.com'] },
];

/** The part of a domain after a name that stands for every country, such as `de` or `co.uk`. */
const country = /^(com?\.)?[a-z]{2,3}$/;

/** Returns the webmail of an address, by its domain; undefined if it is not one of the known services. */
export function webmailOf(address: string): Webmail | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const has = (known: string): boolean =>
    known.endsWith('.') ? domain.startsWith(known) && country.test(domain.slice(known.length)) : domain === known;
  const found = address.includes('@') ? services.find(({ domains }) => domains.some(has)) : undefined;
  return found && { name: found.name, href: found.href };
}
