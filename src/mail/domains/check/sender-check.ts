import { getDomain } from 'tldts';

import { type DnsLookups, DnsUnavailableError } from '../dns.js';
import { checkDkim, type PublishedKey } from './dkim.js';
import { checkDmarc } from './dmarc.js';
import { type Finding, findingsOf } from './finding.js';
import { checkMailExchangers } from './mx.js';
import { isMailboxDomain, providerOf } from './providers.js';
import { checkSpf } from './spf.js';

/** A sender, as receivers will judge it. */
export interface SenderToCheck {
  /** Domain of `From:`, in ASCII and lower case. */
  readonly domain: string;
  /** Hosts of the mail servers that send. */
  readonly servers: readonly string[];
  /** Who signs the mails; undefined if this service does not. */
  readonly signer: { readonly domain: string; readonly keys: readonly PublishedKey[] } | undefined;
}

const finding = findingsOf('domain');

/** Endings that no domain on the Internet has (RFC 6761, RFC 6762, RFC 9476 and ICANN's `internal`). */
const localEnding = /(^|\.)(localhost|local|internal|invalid|test|example|alt)$/;

/** Checks what receivers will think of a sender: its domain, MX, SPF, DKIM and DMARC, in this order. */
export async function checkSender(dns: DnsLookups, sender: SenderToCheck): Promise<Finding[]> {
  const { domain, servers, signer } = sender;
  const problem = await unlessUnavailable('domain', () => domainProblems(dns, sender));
  if (problem.length > 0) return problem;
  const [mx, spf, dkim] = await Promise.all([
    unlessUnavailable('mx', () => checkMailExchangers(dns, domain)),
    unlessUnavailable('spf', () => checkSpf(dns, domain, servers)),
    unlessUnavailable('dkim', () => checkDkim(dns, signer?.domain ?? domain, signer?.keys ?? [])),
  ]);
  const dmarc = await unlessUnavailable('dmarc', () =>
    checkDmarc(dns, domain, { signingDomain: signer?.domain, spfPasses: passes(spf), dkimPasses: passes(dkim) }),
  );
  return [...mx, ...spf, ...dkim, ...dmarc];
}

function passes(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level === 'ok' || level === 'unknown');
}

/** Returns why other checks would be pointless; nothing if the domain can send. */
async function domainProblems(dns: DnsLookups, { domain, servers }: SenderToCheck): Promise<Finding[]> {
  if (!domain.includes('.') || localEnding.test(domain)) {
    return [finding('error', `${domain} is not a domain of the Internet, so that receivers reject mails from it.`)];
  }
  const isOwnServer = servers.some((server) => getDomain(providerOf(server)?.host ?? server) === domain);
  if (isMailboxDomain(domain) && !isOwnServer) {
    return [
      finding(
        'error',
        `Only the provider of ${domain} may send from it, so that receivers reject others: use a domain of your own.`,
      ),
    ];
  }
  if (getDomain(domain) === null) {
    return [
      finding('error', `${domain} is a public suffix, below which others have domains: use a domain of your own.`),
    ];
  }
  if (!(await dns.exists(domain))) {
    return [finding('error', `The domain ${domain} does not exist, so that receivers reject mails from it.`)];
  }
  return [];
}

async function unlessUnavailable(check: Finding['check'], work: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DnsUnavailableError)) throw error;
    return [{ check, level: 'unknown', message: `${error.message} Set DNS_SERVERS to servers that do.` }];
  }
}
