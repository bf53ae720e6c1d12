/** How the connection to a mail server is encrypted. */
export const encryptions = ['starttls', 'tls', 'plain'] as const;
export type Encryption = (typeof encryptions)[number];

/** What describes a mail server of one's own. */
export interface SmtpServer {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly encryption: Encryption;
}

/** The port that servers have with an encryption. */
export const usualPorts: Readonly<Record<Encryption, string>> = { starttls: '587', tls: '465', plain: '25' };

/** Returns the URL of a mail server, as the API has it; empty without a host. */
export function smtpUrl({ host, port, user, password, encryption }: SmtpServer): string {
  if (host.trim() === '') return '';
  const login = user === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  const place = port.trim() === '' ? host.trim() : `${host.trim()}:${port.trim()}`;
  if (encryption === 'tls') return `smtps://${login}${place}`;
  return `smtp://${login}${place}?require_tls=${encryption === 'starttls'}`;
}
