import { getDomain } from 'tldts';

import type { DnsLookups } from '../dns.js';
import { type Finding, findingsOf } from './finding.js';
import { readTags } from './tags.js';

const finding = findingsOf('dmarc');
const policies = ['none', 'quarantine', 'reject'];

/** What other checks have found, for the alignment with `From:`. */
export interface Alignment {
  /** The domain that signs the mails (d=); undefined if none does. */
  readonly signingDomain: string | undefined;
  readonly spfPasses: boolean;
  readonly dkimPasses: boolean;
}

/** Checks the DMARC record that applies to a domain, and whether its mails pass (RFC 7489). */
export async function checkDmarc(dns: DnsLookups, domain: string, alignment: Alignment): Promise<Finding[]> {
  const place = await findRecord(dns, domain);
  if (place === undefined) {
    const advice = `publish the TXT record "v=DMARC1; p=none; rua=mailto:<your address>" at _dmarc.${domain}`;
    return [finding('warning', `${domain} has no DMARC record, which large receivers require: ${advice}.`)];
  }
  const { name, records, isParent } = place;
  const [record = '', ...more] = records;
  if (more.length > 0) {
    return [
      finding('error', `There are ${more.length + 1} DMARC records ${name}, so that none counts: keep one of them.`),
    ];
  }
  const tags = readTags(record);
  if (tags?.get('v') !== 'DMARC1' || !/^v\s*=/.test(record)) {
    return [
      finding('error', `The DMARC record ${name} is not valid: it must begin with "v=DMARC1;" and a policy, p=.`),
    ];
  }
  const policy = ((isParent ? tags.get('sp') : undefined) ?? tags.get('p') ?? '').toLowerCase();
  if (!policies.includes(policy)) {
    const found = policy === '' ? 'has no policy' : `has the unknown policy "${policy}"`;
    return [finding('error', `The DMARC record ${name} ${found}: set p to none, quarantine or reject.`)];
  }
  const problems = [
    ...alignmentProblems(domain, name, policy, tags, alignment),
    ...policyProblems(name, policy, tags),
    ...(await reportProblems(dns, name, tags)),
  ];
  return problems.length > 0 ? problems : [finding('ok', `The DMARC record ${name} asks to ${policy} forged mails.`)];
}

/** Returns the records of a domain, else those of its organizational domain (RFC 7489, 6.6.3). */
async function findRecord(
  dns: DnsLookups,
  domain: string,
): Promise<{ name: string; records: string[]; isParent: boolean } | undefined> {
  const organizational = getDomain(domain) ?? domain;
  for (const place of new Set([domain, organizational])) {
    const name = `_dmarc.${place}`;
    const texts = await dns.txt(name);
    const records = texts.filter((text) => /^v\s*=\s*DMARC1\s*(;|$)/.test(text));
    // A text that was meant as one is named, instead of an inherited record.
    const meant = texts.filter((text) => /dmarc1|(^|;)\s*p\s*=/i.test(text));
    if (records.length > 0 || meant.length > 0) {
      return { name, records: records.length > 0 ? records : meant, isParent: place !== domain };
    }
  }
  return undefined;
}

function alignmentProblems(
  domain: string,
  name: string,
  policy: string,
  tags: ReadonlyMap<string, string>,
  { signingDomain, spfPasses, dkimPasses }: Alignment,
): Finding[] {
  const isStrict = tags.get('adkim')?.toLowerCase() === 's';
  if (isStrict && signingDomain !== undefined && signingDomain !== domain) {
    return [
      finding(
        'error',
        `The DMARC record ${name} demands signatures of ${domain} itself (adkim=s), and mails are signed for ` +
          `${signingDomain}: add ${domain} at /mail/domains/, or remove adkim=s.`,
      ),
    ];
  }
  if (policy === 'none' || spfPasses || dkimPasses) return [];
  const verb = policy === 'reject' ? 'reject' : 'quarantine';
  return [
    finding(
      'error',
      `The DMARC record ${name} asks receivers to ${verb} mails that pass neither SPF nor DKIM, which is the case: ` +
        'correct SPF or DKIM first.',
    ),
  ];
}

function policyProblems(name: string, policy: string, tags: ReadonlyMap<string, string>): Finding[] {
  if (policy === 'none') {
    return [
      finding(
        'warning',
        `The DMARC record ${name} asks for nothing (none): set quarantine or reject once reports are good.`,
      ),
    ];
  }
  const share = Number(tags.get('pct') ?? 100);
  if (share < 100) {
    return [finding('warning', `The DMARC record ${name} applies to ${share} % of the mails only: remove pct.`)];
  }
  return [];
}

/** Reports to another organization need its consent (RFC 7489, 7.1). */
async function reportProblems(dns: DnsLookups, name: string, tags: ReadonlyMap<string, string>): Promise<Finding[]> {
  const domain = name.replace('_dmarc.', '');
  const receivers = [...`${tags.get('rua') ?? ''},${tags.get('ruf') ?? ''}`.matchAll(/mailto:[^,!]*@([^,!\s]+)/gi)];
  const foreign = new Set(
    receivers.map(([, host = '']) => host.toLowerCase()).filter((host) => getDomain(host) !== getDomain(domain)),
  );
  const found = await Promise.all(
    [...foreign].map(async (host) => {
      const consent = `${domain}._report._dmarc.${host}`;
      if ((await dns.txt(consent)).some((text) => /^v\s*=\s*DMARC1/.test(text))) return [];
      return [
        finding(
          'warning',
          `Reports of ${name} are not sent to ${host}, which has no record ${consent}: ask its operator.`,
        ),
      ];
    }),
  );
  return found.flat();
}
