import { isIP } from 'node:net';

import type { DnsLookups } from '../dns.js';
import { type Finding, findingsOf } from './finding.js';

const finding = findingsOf('mx');

/** Checks whether replies and bounces to a domain can be delivered (RFC 5321, 5.1). */
export async function checkMailExchangers(dns: DnsLookups, domain: string): Promise<Finding[]> {
  const exchangers = await dns.mx(domain);
  if (exchangers.length === 0) return [await withoutExchanger(dns, domain)];
  if (exchangers.some(({ host }) => host === '')) {
    const others = exchangers.length > 1 ? ' beside other MX records, which contradict it' : '';
    return [
      finding(
        'error',
        `${domain} says that it accepts no mail (a null MX record${others}), so that receivers reject mails from it: ` +
          'publish the mail server that takes replies, or send from another domain.',
      ),
    ];
  }
  const problems = await Promise.all(exchangers.map(({ host }) => exchangerProblem(dns, domain, host)));
  const found = problems.filter((problem) => problem !== undefined);
  return found.length > 0 ? found : [finding('ok', `Replies go to ${exchangers.map(({ host }) => host).join(', ')}.`)];
}

async function withoutExchanger(dns: DnsLookups, domain: string): Promise<Finding> {
  const addresses = await dns.addresses(domain);
  if (addresses.length > 0) {
    return finding(
      'warning',
      `${domain} has no MX record, so that replies go to its web address ${addresses[0] ?? ''}: publish an MX record.`,
    );
  }
  return finding(
    'error',
    `${domain} has neither an MX record nor an address, so that replies and bounces are lost and many receivers reject ` +
      'its mails: publish an MX record.',
  );
}

async function exchangerProblem(dns: DnsLookups, domain: string, host: string): Promise<Finding | undefined> {
  if (isIP(host) !== 0) {
    return finding('error', `The MX record of ${domain} has the IP address ${host}: it must have the name of a host.`);
  }
  const alias = await dns.alias(host);
  if (alias !== undefined) {
    return finding(
      'warning',
      `The MX record of ${domain} names ${host}, which is an alias (CNAME): name ${alias} instead (RFC 2181, 10.3).`,
    );
  }
  if ((await dns.addresses(host)).length > 0) return undefined;
  return finding('error', `The MX record of ${domain} names ${host}, which has no address: correct the name.`);
}
