import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import { Authority } from '../../core/authority/authority.service.js';
import type { Subject } from '../../core/authority/read-standings.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { Referrers } from '../../rest/referrers.js';
import type { Reference } from '../../rest/used-by.js';
import { MailTransports } from '../transport/mail-transports.js';
import type { StepListener } from '../transport/report.js';
import type { NamedTransportDto, NamedTransportRequestDto } from './dto/named-transport.dto.js';
import type { NamedTransportCheckDto } from './dto/transport-check.dto.js';
import type { NamedTransportTestDto, NamedTransportTestRequestDto } from './dto/transport-test.dto.js';
import { NamedSenders } from './named-senders.js';
import { NamedTransport, namedTransportModel } from './named-transport.entity.js';
import { namedTransportColumns, namedTransportResponse, type NamedTransportRow } from './named-transport.mapper.js';
import { TransportChecks } from './transport-checks.service.js';
import { TransportTests } from './transport-tests.service.js';
import { TransportUrls } from './transport-urls.js';

/** Stores named transports. */
@Injectable()
export class NamedTransportService extends ResourceStore<
  NamedTransport,
  NamedTransportRow,
  NamedTransportDto,
  NamedTransportRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly urls: TransportUrls,
    private readonly transports: MailTransports,
    private readonly senders: NamedSenders,
    private readonly checks: TransportChecks,
    private readonly tests: TransportTests,
    private readonly authority: Authority,
    private readonly referrers: Referrers,
  ) {
    const columns = { ...namedTransportColumns, sealed: 'transport.url' };
    super(dataSource, { entity: NamedTransport, alias: 'transport', columns });
  }

  override async insert(
    manager: EntityManager,
    { url, ...others }: NamedTransportRequestDto,
    pk: string,
    by?: Caller,
  ): Promise<void> {
    await super.insert(manager, { ...others, url: this.changeOf(url, undefined) ?? url }, pk, by);
  }

  /** Changes a transport. Where the URL has `***`, the secrets stay that are stored when it is written. */
  override async change(
    manager: EntityManager,
    pk: string,
    { url, ...others }: NamedTransportRequestDto | Partial<NamedTransportRequestDto>,
  ): Promise<void> {
    if (url === undefined) return super.change(manager, pk, others);
    const stored = await manager.findOne(NamedTransport, { where: { pk }, lock: { mode: 'pessimistic_write' } });
    const changed = stored === null ? undefined : this.changeOf(url, stored);
    await super.change(manager, pk, changed === undefined ? others : { ...others, url: changed });
  }

  override async references(pk: string, visible: VisibleRows, _by: Caller): Promise<Reference[]> {
    const { manager } = this.dataSource;
    await this.read(manager, pk, visible);
    return this.referrers.of(namedTransportModel, manager, pk);
  }

  /** The transport as `Authority` compares it: the operator of its server can read the recovery links of all users. */
  subject(pk: string): Subject {
    return {
      stage: async (manager) => {
        const stored = await manager.findOneBy(NamedTransport, { pk });
        return stored === null ? undefined : { groups: [], superuserBy: [`mail transport ${stored.url}`] };
      },
    };
  }

  /** Checks whether a mail through the transport would be accepted, without sending one. */
  check(transport: NamedTransport, onStep?: StepListener): Promise<NamedTransportCheckDto> {
    return this.checks.check(this.senders.senderOf(transport), onStep);
  }

  /** Queues a test mail that goes through the transport. */
  test(
    transport: NamedTransport,
    mail: NamedTransportTestRequestDto,
    request?: IdempotentRequest,
  ): Promise<NamedTransportTestDto> {
    const { from } = this.senders.senderOf(transport);
    const sender = { stage: null, transport: transport.pk, fromAddress: from.address, subject: null };
    return this.tests.send(sender, mail, request);
  }

  /** @throws AppError `forbidden` if a caller who is not a superuser sets a URL */
  protected override write(pk: string, by: Caller, change: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.dataSource.transaction((manager) =>
      this.authority.changing(manager, by, [this.subject(pk)], () => change(manager)),
    );
  }

  protected override columnsOf({ url, ...others }: Partial<NamedTransportRequestDto>): Partial<NamedTransport> {
    return { ...super.columnsOf(others), ...(url !== undefined && this.urls.columns(url)) };
  }

  protected responses({ rows }: ReadRows<NamedTransportRow, never>): NamedTransportDto[] {
    return rows.map((row) => {
      const { transports, problem = '' } = this.urls.open({ pk: row.pk, url: row.sealed });
      const servers = transports.map((transport) => ({ ...this.transports.describe(transport) }));
      return namedTransportResponse(row, servers, problem);
    });
  }

  /** @throws ValidationError if the URL cannot be used */
  private changeOf(url: string, stored: NamedTransport | undefined): string | undefined {
    try {
      return this.urls.change(url, stored);
    } catch (error) {
      throw new ValidationError({ url: [(error as Error).message] });
    }
  }
}
