import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import { SecretBox } from '../../database/secret-box.js';
import { everyRow } from '../../rest/access/route-access.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { select } from '../../rest/list/read-page.js';
import { GlobalTransport } from '../transport/global-transport.js';
import { checkDkim } from './check/dkim.js';
import { DkimKey, dkimKeyPlace } from './dkim-key.entity.js';
import { generateDkimKeys } from './dkim-keys.js';
import { Dns, DnsUnavailableError } from './dns.js';
import type { MailDomainCheckDto, MailDomainDto, MailDomainRequestDto } from './dto/mail-domain.dto.js';
import { MailDomain } from './mail-domain.entity.js';
import {
  dkimKeyColumns,
  type DkimKeyRow,
  mailDomainColumns,
  mailDomainResponse,
  type MailDomainRow,
} from './mail-domain.mapper.js';
import { SenderChecks } from './sender-checks.service.js';

/** Stores the domains whose mails are signed, and their keys. */
@Injectable()
export class MailDomainService extends ResourceStore<
  MailDomain,
  MailDomainRow,
  MailDomainDto,
  MailDomainRequestDto,
  DkimKeyRow
> {
  constructor(
    dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly dns: Dns,
    private readonly checks: SenderChecks,
    private readonly globalTransport: GlobalTransport,
  ) {
    const keysOfPage = () =>
      select(
        dataSource.manager
          .createQueryBuilder(DkimKey, 'key')
          .where('key.domainId = any(array(select pk from page))')
          .orderBy('key.created', 'DESC')
          .addOrderBy('key.algorithm', 'DESC'),
        dkimKeyColumns,
      );
    super(dataSource, {
      entity: MailDomain,
      alias: 'domain',
      columns: mailDomainColumns,
      related: { key: 'DKIM keys', build: keysOfPage },
    });
  }

  override async insert(manager: EntityManager, request: MailDomainRequestDto, pk: string, by?: Caller): Promise<void> {
    const keys = await this.newKeys(pk);
    await super.insert(manager, request, pk, by);
    await manager.insert(DkimKey, keys);
  }

  /**
   * Makes new keys beside the active ones, to be published and activated.
   *
   * @throws ValidationError if the domain has pending keys
   */
  async rotate({ pk }: MailDomain, by: Caller): Promise<MailDomainDto> {
    const keys = await this.newKeys(pk);
    await this.dataSource.transaction(async (manager) => {
      await changeKeys(manager, pk);
      if (await manager.existsBy(DkimKey, { domainId: pk, state: 'pending' })) {
        throw new ValidationError({ [nonField]: ['The domain has pending keys: publish and activate them first.'] });
      }
      await manager.insert(DkimKey, keys);
    });
    return this.get(pk, everyRow, by);
  }

  /**
   * Signs with the pending keys from now on, and retires the active ones. Keys that retired before are deleted.
   *
   * @param force whether to skip the check of the published records
   * @throws ValidationError if there are no pending keys, or a name server does not show their records
   */
  async activate({ pk, name }: MailDomain, force: boolean, by: Caller): Promise<MailDomainDto> {
    const pending = await this.dataSource.manager.find(DkimKey, {
      where: { domainId: pk, state: 'pending' },
      order: { algorithm: 'DESC' },
    });
    if (pending.length === 0) throw withoutPendingKeys();
    if (!force) await this.requirePublished(name, pending);
    await this.dataSource.transaction(async (manager) => {
      await changeKeys(manager, pk);
      const keys = { domainId: pk };
      const activated = { pk: In(pending.map((key) => key.pk)), state: 'pending' as const };
      // Another request has been faster.
      if (!(await manager.existsBy(DkimKey, activated))) throw withoutPendingKeys();
      await manager.delete(DkimKey, { ...keys, state: 'retired' });
      await manager.update(DkimKey, { ...keys, state: 'active' }, { state: 'retired', privateKey: '' });
      await manager.update(DkimKey, activated, { state: 'active' });
    });
    return this.get(pk, everyRow, by);
  }

  /** Checks what receivers will think of mails from the domain. */
  async check({ name }: MailDomain): Promise<MailDomainCheckDto> {
    const findings = await this.checks.check(name, this.globalTransport.transports);
    return { ok: findings.every(({ level }) => level !== 'error'), findings };
  }

  protected responses({ rows, related }: ReadRows<MailDomainRow, DkimKeyRow>): MailDomainDto[] {
    return rows.map((row) => mailDomainResponse(row, related));
  }

  private async requirePublished(name: string, keys: readonly DkimKey[]): Promise<void> {
    try {
      const problems = (await checkDkim(this.dns, name, keys)).filter(({ level }) => level === 'error');
      if (problems.length > 0) throw new ValidationError({ [nonField]: problems.map(({ message }) => message) });
    } catch (error) {
      if (!(error instanceof DnsUnavailableError)) throw error;
      throw new ValidationError({ [nonField]: [`${error.message} Try again, or set force.`] });
    }
  }

  private async newKeys(domainId: string): Promise<Partial<DkimKey>[]> {
    const keys = await generateDkimKeys();
    return keys.map(({ privateKey, ...key }) => ({
      ...key,
      pk: randomUUID(),
      domainId,
      privateKey: this.secrets.seal(privateKey, dkimKeyPlace),
    }));
  }
}

function withoutPendingKeys(): ValidationError {
  return new ValidationError({ [nonField]: ['The domain has no pending keys.'] });
}

/** Counts a change of a domain's keys, which writes its event, and locks the row: one request at a time changes them. */
async function changeKeys(manager: EntityManager, pk: string): Promise<void> {
  await manager.increment(MailDomain, { pk }, 'keyChanges', 1);
}
