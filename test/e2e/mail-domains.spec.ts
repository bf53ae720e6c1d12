import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { DkimKeyDto, MailDomainDto } from '../../src/mail/domains/dto/mail-domain.dto.js';
import { createActor } from '../factories/actor.js';
import { created } from '../factories/created.js';
import { createEmailStage } from '../factories/email-stage.js';
import { verifyDkim } from '../support/dkim.js';
import { type DnsServer, startDnsServer } from '../support/dns-server.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let dns: DnsServer;
let port: number;
const sink = new SmtpSink();
beforeAll(async () => {
  port = await sink.listen();
  dns = await startDnsServer({});
  app = await startTestApp({ DNS_SERVERS: dns.address, EMAIL_HOST: 'smtp.library.org' });
});
afterAll(async () => {
  await app.stop();
  await dns.stop();
  await sink.close();
});

function createDomain(name = `${randomUUID()}.example.org`): Promise<MailDomainDto> {
  return created(app.api.post('/mail/domains/', { name }));
}

function publish(keys: readonly DkimKeyDto[]): void {
  for (const { record } of keys) dns.zone[record.name] = { txt: [record.value] };
}

const statesOf = ({ keys }: MailDomainDto): string[] => keys.map(({ state }) => state);

describe('A new domain', () => {
  it('has two pending keys with the records to publish', async () => {
    const { name, signing, keys } = await createDomain();
    expect({ signing, keys }).toEqual({
      signing: true,
      keys: ['rsa', 'ed25519'].map((algorithm) => ({
        selector: expect.stringMatching(new RegExp(`^es-[0-9a-f]{6}-${algorithm}$`)),
        algorithm,
        state: 'pending',
        record: {
          name: expect.stringMatching(new RegExp(`-${algorithm}\\._domainkey\\.${name}$`)),
          type: 'TXT',
          value: expect.stringMatching(new RegExp(`^v=DKIM1; k=${algorithm}; p=[A-Za-z0-9+/]+=*$`)),
          zone_line: expect.stringMatching(/^es-\S+\. IN TXT ("[^"]{1,255}" ?)+$/),
        },
        created: expect.any(String),
      })),
    });
    expect(keys[0]?.record.value.length).toBeGreaterThan(380);
  });

  it('has its private keys sealed in the database, and nowhere else', async () => {
    const domain = await createDomain();
    expect(JSON.stringify(domain)).not.toMatch(/PRIVATE|private/);
    const rows = await app.dataSource.query(`select private_key from dkim_key where domain_uuid = $1`, [domain.pk]);
    for (const { private_key: key } of rows) expect(key).toMatch(/^v1\.[\w-]{100,}$/);
  });

  it.each([
    ['', 'This field may not be blank.'],
    ['Library.example', 'Enter a domain in ASCII and lower case, such as library.example or xn--bcher-kva.example.'],
    ['bücher.example', 'Enter a domain in ASCII and lower case, such as library.example or xn--bcher-kva.example.'],
    [
      'books@library.example',
      'Enter a domain in ASCII and lower case, such as library.example or xn--bcher-kva.example.',
    ],
    ['localhost', 'Enter a domain in ASCII and lower case, such as library.example or xn--bcher-kva.example.'],
  ])('cannot be called %j', async (name, message) => {
    expect(await app.api.post('/mail/domains/', { name })).toMatchObject({ status: 400, body: { name: [message] } });
  });

  it('cannot have the name of another domain, also when both requests arrive together', async () => {
    const name = `${randomUUID()}.example.org`;
    const answers = await Promise.all([1, 2].map(() => app.api.post('/mail/domains/', { name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused?.body).toEqual({ name: ['mail domain with this name already exists.'] });
  });
});

describe('The name of a domain', () => {
  it('cannot be changed', async () => {
    const { pk } = await createDomain();
    expect(await app.api.patch(`/mail/domains/${pk}/`, { name: 'other.example.org' })).toMatchObject({
      status: 400,
      body: { name: ['The name of a domain cannot be changed: add another domain.'] },
    });
  });
});

describe('Keys', () => {
  it('are activated when their records are published, rotated, and retire', async () => {
    const domain = await createDomain();
    const path = `/mail/domains/${domain.pk}`;
    const refused = await app.api.post(`${path}/activate/`, {});
    expect(refused.status).toBe(400);
    expect(refused.body.non_field_errors).toEqual(
      domain.keys.map(({ record }) => expect.stringContaining(`There is no DKIM record ${record.name}: publish`)),
    );
    expect((await app.api.post(`${path}/rotate/`, {})).body).toEqual({
      non_field_errors: ['The domain has pending keys: publish and activate them first.'],
    });

    publish(domain.keys);
    expect(statesOf((await app.api.post(`${path}/activate/`, {})).body)).toEqual(['active', 'active']);
    expect((await app.api.post(`${path}/activate/`, {})).body).toEqual({
      non_field_errors: ['The domain has no pending keys.'],
    });

    const rotated = (await app.api.post(`${path}/rotate/`, {})).body as MailDomainDto;
    expect(statesOf(rotated)).toEqual(['pending', 'pending', 'active', 'active']);
    publish(rotated.keys);
    const activated = (await app.api.post(`${path}/activate/`, {})).body as MailDomainDto;
    expect(statesOf(activated)).toEqual(['active', 'active', 'retired', 'retired']);
    expect(activated.keys.slice(2)).toEqual(domain.keys.map((key) => ({ ...key, state: 'retired' })));
    const kept = await app.dataSource.query(
      `select private_key from dkim_key where domain_uuid = $1 and state = 'retired'`,
      [domain.pk],
    );
    expect(kept).toEqual([{ private_key: '' }, { private_key: '' }]);

    await app.api.post(`${path}/rotate/`, {});
    const forced = await app.api.post(`${path}/activate/`, { force: true });
    expect(statesOf(forced.body)).toEqual(['active', 'active', 'retired', 'retired']);
  });

  it('are activated once by two requests at the same time', async () => {
    const { pk } = await createDomain();
    const answers = await Promise.all([1, 2].map(() => app.api.post(`/mail/domains/${pk}/activate/`, { force: true })));
    expect(answers.map(({ status }) => status).filter((status) => ![200, 400].includes(status))).toEqual([]);
    expect(statesOf((await app.api.get(`/mail/domains/${pk}/`)).body)).toEqual(['active', 'active']);
  });

  it('are deleted with their domain', async () => {
    const { pk } = await createDomain();
    expect((await app.api.delete(`/mail/domains/${pk}/`)).status).toBe(204);
    expect(await app.dataSource.query('select 1 from dkim_key where domain_uuid = $1', [pk])).toEqual([]);
  });
});

describe('A mail', () => {
  /** Sends a mail from an address, and returns the results of its signatures. */
  async function results(from: string): Promise<(readonly [string, unknown])[]> {
    const stage = await createEmailStage(app.api, {
      use_global_settings: false,
      host: '127.0.0.1',
      port,
      from_address: from,
    });
    const to = `${randomUUID()}@example.com`;
    expect((await app.api.post(`/stages/email/${stage.pk}/test/`, { to })).status).toBe(202);
    const { source } = await vi.waitUntil(() => sink.mails.find((mail) => mail.to === to), 20_000);
    return verifyDkim(Buffer.from(source), (name) => (dns.zone[name]?.txt ?? []).map((value) => ({ value })));
  }

  it('is signed with the active keys of its domain, or of the nearest domain above it', async () => {
    const { pk, name, keys } = await createDomain();
    publish(keys);
    await app.api.post(`/mail/domains/${pk}/activate/`, {});
    const passed = [
      ['pass', name],
      ['pass', name],
    ];
    expect(await results(`books@${name}`)).toEqual(passed);
    expect(await results(`books@news.${name}`)).toEqual(passed);
  });

  it('is not signed with pending keys, nor if signing is off, nor for another domain', async () => {
    const pending = await createDomain();
    expect(await results(`books@${pending.name}`)).toEqual([['none', undefined]]);
    const off = await createDomain();
    await app.api.post(`/mail/domains/${off.pk}/activate/`, { force: true });
    await app.api.patch(`/mail/domains/${off.pk}/`, { signing: false });
    expect(await results(`books@${off.name}`)).toEqual([['none', undefined]]);
    expect(await results(`books@not-${off.name}`)).toEqual([['none', undefined]]);
  });
});

describe('The list', () => {
  it('has a filter, a search and an order', async () => {
    const { pk, name } = await createDomain();
    await app.api.patch(`/mail/domains/${pk}/`, { signing: false });
    for (const query of [
      `name=${name}`,
      `search=${name.slice(0, 12)}`,
      `domain_uuid=${pk}&signing=false&ordering=-created`,
    ]) {
      const { results } = (await app.api.get(`/mail/domains/?${query}`)).body;
      expect(
        results.map(({ pk: found }: MailDomainDto) => found),
        query,
      ).toEqual([pk]);
    }
  });

  it('is refused to callers without the permission, as are all other requests', async () => {
    const { pk } = await createDomain();
    const { api } = await createActor(app);
    expect((await api.get('/mail/domains/')).status).toBe(403);
    expect((await api.post('/mail/domains/', { name: 'a.example.org' })).status).toBe(403);
    expect((await api.get(`/mail/domains/${pk}/`)).status).toBe(403);
    for (const action of ['rotate', 'activate', 'check']) {
      expect((await api.post(`/mail/domains/${pk}/${action}/`, {})).status, action).toBe(403);
    }
  });
});

describe('A check', () => {
  it('says in words what receivers will think of the domain', async () => {
    const domain = await createDomain();
    Object.assign(dns.zone, {
      [domain.name]: { mx: ['10 mx.library.org'], txt: ['v=spf1 a:smtp.library.org -all'] },
      'mx.library.org': { a: ['192.0.2.1'] },
      'smtp.library.org': { a: ['192.0.2.2'] },
      [`_dmarc.${domain.name}`]: { txt: ['v=DMARC1; p=reject'] },
    });
    const [rsa, ed25519] = domain.keys;
    const publishText = (key?: DkimKeyDto) => `publish "${key?.record.value ?? ''}" as a TXT record.`;
    expect((await app.api.post(`/mail/domains/${domain.pk}/check/`, {})).body).toEqual({
      ok: false,
      findings: [
        { check: 'mx', level: 'ok', message: 'Replies go to mx.library.org.' },
        { check: 'spf', level: 'ok', message: `The SPF record of ${domain.name} is valid.` },
        {
          check: 'dkim',
          level: 'error',
          message: `There is no DKIM record ${rsa?.record.name ?? ''}: ${publishText(rsa)}`,
        },
        {
          check: 'dkim',
          level: 'error',
          message: `There is no DKIM record ${ed25519?.record.name ?? ''}: ${publishText(ed25519)}`,
        },
        { check: 'dmarc', level: 'ok', message: `The DMARC record _dmarc.${domain.name} asks to reject forged mails.` },
      ],
    });
    publish(domain.keys);
    expect((await app.api.post(`/mail/domains/${domain.pk}/check/`, {})).body.ok).toBe(true);
  });
});
