import type { DkimKey } from '../dkim-key.entity.js';
import { dkimRecord } from '../dkim-keys.js';
import type { DnsLookups } from '../dns.js';
import { type Finding, findingsOf } from './finding.js';
import { readTags } from './tags.js';

/** A key whose record is checked. */
export type PublishedKey = Pick<DkimKey, 'selector' | 'algorithm' | 'publicKey'>;

const finding = findingsOf('dkim');

/**
 * Checks that the DKIM records of a domain have its keys (RFC 6376, 3.6.1).
 *
 * @param keys those that sign; none: mails are not signed
 */
export async function checkDkim(dns: DnsLookups, domain: string, keys: readonly PublishedKey[]): Promise<Finding[]> {
  if (keys.length === 0) {
    return [
      finding(
        'warning',
        `This service does not sign mails from ${domain}: add the domain at /mail/domains/, or let the mail server sign.`,
      ),
    ];
  }
  const problems = await Promise.all(keys.map((key) => recordProblem(dns, domain, key)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) return found;
  return [finding('ok', `The DKIM records ${keys.map(({ selector }) => selector).join(' and ')} have the right keys.`)];
}

async function recordProblem(dns: DnsLookups, domain: string, key: PublishedKey): Promise<Finding | undefined> {
  const { name, value } = dkimRecord(domain, key);
  const [record, ...more] = await dns.txt(name);
  const publish = `publish "${value}"`;
  if (record === undefined) return finding('error', `There is no DKIM record ${name}: ${publish} as a TXT record.`);
  if (more.length > 0) {
    return finding('error', `There are ${more.length + 1} TXT records ${name}, which is an error: keep one of them.`);
  }
  const tags = readTags(record);
  if (tags === undefined || (tags.has('v') && tags.get('v') !== 'DKIM1')) {
    return finding('error', `The TXT record ${name} is not a DKIM record: ${publish}.`);
  }
  const published = (tags.get('p') ?? '').replaceAll(/\s/g, '');
  if (published === '') return finding('error', `The DKIM record ${name} is revoked, its key is empty: ${publish}.`);
  const kind = tags.get('k') ?? 'rsa';
  if (kind !== key.algorithm) {
    return finding('error', `The DKIM record ${name} is for ${kind} keys instead of ${key.algorithm}: ${publish}.`);
  }
  if (published !== key.publicKey) {
    const cut = key.publicKey.startsWith(published) ? 'is cut off' : 'has another key';
    return finding('error', `The DKIM record ${name} ${cut}, so that signatures fail: ${publish}.`);
  }
  if (!(tags.get('h') ?? 'sha256').split(':').includes('sha256')) {
    return finding('error', `The DKIM record ${name} does not allow SHA-256: remove its tag "h".`);
  }
  if ((tags.get('t') ?? '').split(':').includes('y')) {
    return finding('warning', `The DKIM record ${name} is marked as a test (t=y), so that receivers may ignore it.`);
  }
  return undefined;
}
