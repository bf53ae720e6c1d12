import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type DnsServer, startDnsServer, type Zone, type ZoneRecords } from '../../../../test/support/dns-server.js';
import type { Settings } from '../../../config/settings.js';
import { Dns } from '../dns.js';
import type { Finding } from './finding.js';
import { checkSender, type SenderToCheck } from './sender-check.js';

const key = { selector: 'es-1-rsa', algorithm: 'rsa', publicKey: 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A' } as const;
const record = `v=DKIM1; k=rsa; p=${key.publicKey}`;
const dkimName = 'es-1-rsa._domainkey.library.org';

/** A domain without a fault, whose mails a server of its own sends. */
const healthy: Zone = {
  'library.org': { mx: ['10 mx.library.org'], txt: ['v=spf1 a:smtp.library.org -all', 'another text'] },
  'mx.library.org': { a: ['192.0.2.1'] },
  'smtp.library.org': { a: ['192.0.2.2'] },
  [dkimName]: { txt: [record] },
  '_dmarc.library.org': { txt: ['v=DMARC1; p=reject; rua=mailto:dmarc@library.org'] },
};
const sender: SenderToCheck = {
  domain: 'library.org',
  servers: ['smtp.library.org'],
  signer: { domain: 'library.org', keys: [key] },
};

let server: DnsServer;
let dns: Dns;
beforeAll(async () => {
  server = await startDnsServer({});
  dns = new Dns({ dnsServers: [server.address] } as unknown as Settings);
});
afterAll(() => server.stop());
beforeEach(() => setZone({}));

function setZone(changes: Record<string, ZoneRecords | undefined>): void {
  for (const name of Object.keys(server.zone)) Reflect.deleteProperty(server.zone, name);
  const records = Object.entries({ ...healthy, ...changes }).filter(([, known]) => known !== undefined);
  Object.assign(server.zone, Object.fromEntries(records));
}

const spf = (...texts: string[]): Zone => ({ 'library.org': { mx: ['10 mx.library.org'], txt: texts } });
const dmarc = (...texts: string[]): Zone => ({ '_dmarc.library.org': { txt: texts } });
const dkim = (...texts: string[]): Zone => ({ [dkimName]: { txt: texts } });
const mx = (...records: string[]): Zone => ({
  'library.org': { mx: records, txt: ['v=spf1 a:smtp.library.org -all'] },
});
const hosts = (count: number): Zone =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`host${n}.library.org`, { a: ['192.0.2.2'] }]));
const terms = (count: number): string => Array.from({ length: count }, (_, n) => `a:host${n}.library.org`).join(' ');

it('A domain without a fault has only good findings', async () => {
  const findings = await checkSender(dns, sender);
  expect(findings.map(({ check, level }) => [check, level])).toEqual([
    ['mx', 'ok'],
    ['spf', 'ok'],
    ['dkim', 'ok'],
    ['dmarc', 'ok'],
  ]);
});

/** What is broken, the changed records, the finding that names it, and the sender if it is another one. */
const broken: readonly [string, Record<string, ZoneRecords | undefined>, Finding, Partial<SenderToCheck>?][] = [
  ['no MX record and no address', mx(), finding('mx', 'error', /has neither an MX record nor an address/)],
  [
    'no MX record',
    { 'library.org': { a: ['192.0.2.9'], txt: ['v=spf1 a:smtp.library.org -all'] } },
    finding('mx', 'warning', /replies go to its web address 192\.0\.2\.9: publish an MX record/),
  ],
  ['a null MX record', mx('0 .'), finding('mx', 'error', /says that it accepts no mail \(a null MX record\)/)],
  ['an IP address in MX', mx('10 192.0.2.1'), finding('mx', 'error', /has the IP address 192\.0\.2\.1/)],
  [
    'a missing mail exchanger',
    mx('10 old.library.org'),
    finding('mx', 'error', /old\.library\.org, which has no address/),
  ],
  [
    'an alias as mail exchanger',
    { ...mx('10 alias.library.org'), 'alias.library.org': { cname: 'mx.library.org' } },
    finding('mx', 'warning', /alias\.library\.org, which is an alias \(CNAME\): name mx\.library\.org instead/),
  ],
  [
    'no SPF record',
    spf(),
    finding('spf', 'warning', /no SPF record: publish the TXT record "v=spf1 include:amazonses\.com ~all"/),
    { servers: ['email-smtp.eu-west-1.amazonaws.com'] },
  ],
  [
    'two SPF records',
    spf('v=spf1 -all', 'v=spf1 ~all'),
    finding('spf', 'error', /has 2 SPF records.*merge them into one/),
  ],
  [
    'an unknown term in SPF',
    spf('v=spf1 ipv4:192.0.2.2 -all'),
    finding('spf', 'error', /unknown term "ipv4:192\.0\.2\.2"/),
  ],
  ['an invalid network in SPF', spf('v=spf1 ip4:192.0.2.2/40 -all'), finding('spf', 'error', /invalid network "ip4:/)],
  [
    'too many lookups in SPF',
    { ...spf(`v=spf1 ${terms(12)} -all`), ...hosts(12) },
    finding('spf', 'error', /needs 12 DNS lookups and receivers stop after 10/),
  ],
  [
    'too many hosts without address in SPF',
    spf(`v=spf1 a:smtp.library.org ${terms(3)} -all`),
    finding('spf', 'error', /names 3 hosts without an address/),
  ],
  [
    'SPF that lets every server send',
    spf('v=spf1 +all'),
    finding('spf', 'error', /ends with \+all, which lets every server send/),
  ],
  ['SPF without an end', spf('v=spf1 a:smtp.library.org'), finding('spf', 'warning', /does not end with "all"/)],
  ['SPF with ptr', spf('v=spf1 ptr -all'), finding('spf', 'warning', /uses "ptr"/)],
  [
    'an include of a domain without SPF',
    spf('v=spf1 include:nothing.library.org -all'),
    finding('spf', 'error', /includes nothing\.library\.org, which has no SPF record: remove it/),
  ],
  [
    'SPF without the provider',
    spf('v=spf1 a:smtp.library.org -all'),
    finding('spf', 'error', /does not include Google Workspace.*add include:_spf\.google\.com/),
    { servers: ['smtp-relay.gmail.com'] },
  ],
  [
    'SPF without the own server',
    spf('v=spf1 ip4:198.51.100.0/24 ~all'),
    finding('spf', 'warning', /does not name smtp\.library\.org \(192\.0\.2\.2\): add a:smtp\.library\.org/),
  ],
  [
    'no DKIM record',
    { [dkimName]: undefined },
    finding('dkim', 'error', /no DKIM record es-1-rsa.*publish "v=DKIM1; k=rsa; p=MIIB/),
  ],
  ['two DKIM records', dkim(record, record), finding('dkim', 'error', /2 TXT records es-1-rsa/)],
  [
    'another key in DKIM',
    dkim(`${record.slice(0, -1)}B`),
    finding('dkim', 'error', /has another key, so that signatures fail/),
  ],
  ['a cut key in DKIM', dkim(record.slice(0, -9)), finding('dkim', 'error', /is cut off, so that signatures fail/)],
  ['a revoked DKIM key', dkim('v=DKIM1; k=rsa; p='), finding('dkim', 'error', /is revoked, its key is empty/)],
  [
    'a DKIM record for another algorithm',
    dkim(record.replace('rsa', 'ed25519')),
    finding('dkim', 'error', /for ed25519 keys instead of rsa/),
  ],
  ['a DKIM record in test mode', dkim(`${record}; t=y`), finding('dkim', 'warning', /marked as a test \(t=y\)/)],
  ['a DKIM record without SHA-256', dkim(`${record}; h=sha1`), finding('dkim', 'error', /does not allow SHA-256/)],
  [
    'a text that is not a DKIM record',
    dkim('key to be added'),
    finding('dkim', 'error', /is not a DKIM record: publish/),
  ],
  ['no signature', {}, finding('dkim', 'warning', /does not sign mails from library\.org/), { signer: undefined }],
  [
    'no DMARC record',
    { '_dmarc.library.org': undefined },
    finding('dmarc', 'warning', /no DMARC record, which large receivers require/),
  ],
  [
    'two DMARC records',
    dmarc('v=DMARC1; p=none', 'v=DMARC1; p=reject'),
    finding('dmarc', 'error', /2 DMARC records.*keep one of them/),
  ],
  [
    'DMARC without its version first',
    dmarc('p=reject; v=DMARC1'),
    finding('dmarc', 'error', /must begin with "v=DMARC1;"/),
  ],
  [
    'DMARC without a policy',
    dmarc('v=DMARC1; rua=mailto:d@library.org'),
    finding('dmarc', 'error', /has no policy: set p to/),
  ],
  ['DMARC with an unknown policy', dmarc('v=DMARC1; p=block'), finding('dmarc', 'error', /unknown policy "block"/)],
  ['DMARC that asks for nothing', dmarc('v=DMARC1; p=none'), finding('dmarc', 'warning', /asks for nothing \(none\)/)],
  [
    'DMARC for some mails only',
    dmarc('v=DMARC1; p=reject; pct=20'),
    finding('dmarc', 'warning', /applies to 20 % of the mails only/),
  ],
  [
    'reports to a domain that does not accept them',
    dmarc('v=DMARC1; p=reject; rua=mailto:reports@collector.net'),
    finding(
      'dmarc',
      'warning',
      /not sent to collector\.net, which has no record library\.org\._report\._dmarc\.collector\.net/,
    ),
  ],
  [
    'strict DMARC for a subdomain',
    {
      'news.library.org': { mx: ['10 mx.library.org'], txt: ['v=spf1 a:smtp.library.org -all'] },
      ...dmarc('v=DMARC1; p=reject; adkim=s'),
    },
    finding('dmarc', 'error', /demands signatures of news\.library\.org itself \(adkim=s\)/),
    { domain: 'news.library.org' },
  ],
  [
    'DMARC that rejects what neither SPF nor DKIM passes',
    { ...spf('v=spf1 -all'), [dkimName]: undefined },
    finding('dmarc', 'error', /asks receivers to reject mails that pass neither SPF nor DKIM/),
  ],
  ['a missing domain', {}, finding('domain', 'error', /gone\.net does not exist/), { domain: 'gone.net' }],
  [
    'a local domain',
    {},
    finding('domain', 'error', /localhost is not a domain of the Internet/),
    { domain: 'localhost' },
  ],
  [
    'a mailbox provider',
    {},
    finding('domain', 'error', /Only the provider of gmail\.com may send from it/),
    { domain: 'gmail.com' },
  ],
  ['a public suffix', {}, finding('domain', 'error', /co\.uk is a public suffix/), { domain: 'co.uk' }],
];

function finding(check: Finding['check'], level: Finding['level'], message: RegExp): Finding {
  return { check, level, message: expect.stringMatching(message) as string };
}

describe('One sentence names', () => {
  it.each(broken)('%s', async (_, changes, expected, other = {}) => {
    setZone(changes);
    const findings = await checkSender(dns, { ...sender, ...other });
    const wrong = findings.filter(({ check, level }) => check === expected.check && level !== 'ok');
    expect(wrong).toEqual([expected]);
  });
});

it('A name server that does not answer makes findings unknown, not wrong', async () => {
  const silent = new Dns({ dnsServers: ['127.0.0.1:1'] } as unknown as Settings);
  const findings = await checkSender(silent, sender);
  expect(findings.map(({ level }) => level)).toEqual(['unknown']);
  expect(findings[0]?.message).toBe(
    'The name server did not answer for library.org (ECONNREFUSED). Set DNS_SERVERS to servers that do.',
  );
});
