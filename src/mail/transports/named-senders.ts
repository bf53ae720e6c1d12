import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';

import { type MailSender, MailSenders } from '../delivery/mail-senders.js';
import { NamedTransport } from './named-transport.entity.js';
import { TransportUrls } from './transport-urls.js';

/** Returns the senders of mails that go through named transports. */
@Injectable()
export class NamedSenders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly urls: TransportUrls,
    private readonly senders: MailSenders,
  ) {}

  /** Returns the sender through each of these transports by key, with the current settings, without unknown ones. */
  async of(
    pks: readonly string[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<ReadonlyMap<string, MailSender>> {
    if (pks.length === 0) return new Map();
    const found = await manager.findBy(NamedTransport, { pk: In([...pks]) });
    return new Map(found.map((transport) => [transport.pk, this.senderOf(transport)]));
  }

  /** Returns the sender of mails through a transport. */
  senderOf(transport: NamedTransport): MailSender {
    const { name, fromAddress } = transport;
    const from = fromAddress === '' ? this.senders.global().from : this.senders.withName(fromAddress);
    return { ...this.urls.open(transport), from, name, transport: name };
  }
}
