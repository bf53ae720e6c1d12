import { isIP } from 'node:net';

import type { DnsLookups } from '../dns.js';
import { type Finding, findingsOf } from './finding.js';
import { providerOf } from './providers.js';
import { maxLookups, maxVoidLookups, readSpf, SpfError, type SpfRecord } from './spf-record.js';

const finding = findingsOf('spf');

/**
 * Checks the SPF record of a domain (RFC 7208).
 *
 * @param servers hosts of the mail servers that send from the domain
 */
export async function checkSpf(dns: DnsLookups, domain: string, servers: readonly string[]): Promise<Finding[]> {
  try {
    const record = await readSpf(dns, domain);
    if (record === undefined) return [withoutRecord(domain, servers)];
    const problems = [...recordProblems(domain, record), ...(await serverProblems(dns, domain, record, servers))];
    return problems.length > 0 ? problems : [finding('ok', `The SPF record of ${domain} is valid.`)];
  } catch (error) {
    if (!(error instanceof SpfError)) throw error;
    return [finding('error', `${error.message}; until then, SPF fails for every mail.`)];
  }
}

function withoutRecord(domain: string, servers: readonly string[]): Finding {
  const terms = servers.map((server) => `include:${providerOf(server)?.include ?? ''}`);
  const known = [...new Set(terms.filter((term) => term !== 'include:'))];
  const example = `"v=spf1 ${known.length > 0 ? known.join(' ') : 'a:<mail server>'} ~all"`;
  return finding('warning', `${domain} has no SPF record: publish the TXT record ${example}.`);
}

function recordProblems(domain: string, record: SpfRecord): Finding[] {
  const { all, lookups, voidLookups, usesPtr } = record;
  const found: Finding[] = [];
  if (lookups > maxLookups) {
    found.push(
      finding(
        'error',
        `The SPF record of ${domain} needs ${lookups} DNS lookups and receivers stop after ${maxLookups}, so that SPF ` +
          'fails for every mail: remove includes that are not used.',
      ),
    );
  }
  if (voidLookups > maxVoidLookups) {
    found.push(
      finding(
        'error',
        `The SPF record of ${domain} names ${voidLookups} hosts without an address and receivers stop after ` +
          `${maxVoidLookups}: remove them.`,
      ),
    );
  }
  if (all === '+') {
    found.push(
      finding('error', `The SPF record of ${domain} ends with +all, which lets every server send: end it with ~all.`),
    );
  }
  if (all === undefined || all === '?') {
    const end = all === undefined ? 'does not end with "all"' : 'ends with ?all';
    found.push(
      finding('warning', `The SPF record of ${domain} ${end}, so that it says nothing about others: end it with ~all.`),
    );
  }
  if (usesPtr) {
    found.push(
      finding('warning', `The SPF record of ${domain} uses "ptr", which is slow and ignored by some: name networks.`),
    );
  }
  return found;
}

/** Checks that the record lets the mail servers send. */
async function serverProblems(
  dns: DnsLookups,
  domain: string,
  record: SpfRecord,
  servers: readonly string[],
): Promise<Finding[]> {
  if (record.all === '+') return [];
  const found = await Promise.all(servers.map((server) => serverProblem(dns, domain, record, server)));
  return found.filter((problem) => problem !== undefined);
}

async function serverProblem(
  dns: DnsLookups,
  domain: string,
  record: SpfRecord,
  server: string,
): Promise<Finding | undefined> {
  const level = record.all === '-' ? 'error' : 'warning';
  const provider = providerOf(server);
  if (provider !== undefined) {
    const { name, include } = provider;
    if ([...record.includes].some((each) => each === include || each.endsWith(`.${include}`))) return undefined;
    const advice = `add include:${include} before "all"`;
    return finding(level, `The SPF record of ${domain} does not include ${name}, which sends its mails: ${advice}.`);
  }
  if (record.usesMacros || record.usesPtr) return undefined;
  const addresses = isIP(server) === 0 ? await dns.addresses(server) : [server];
  const isListed = (address: string) => record.senders.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  if (addresses.length === 0 || addresses.some(isListed)) return undefined;
  return finding(
    level,
    `The SPF record of ${domain} does not name ${server} (${addresses.join(', ')}): add a:${server} before "all", or ` +
      'the addresses that it sends from.',
  );
}
