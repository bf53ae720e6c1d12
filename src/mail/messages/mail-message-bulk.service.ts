import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { applyFilters } from '../../rest/list/read-page.js';
import { MailMessage } from '../outbox/mail-message.entity.js';
import { statesBefore } from '../outbox/message-states.js';
import { MessageStore } from '../outbox/message-store.js';
import { type MailMessageBulkRequestDto, type MailMessageCountDto, mostChanged } from './dto/mail-message-bulk.dto.js';
import { type MailMessageFilterQuery, MailMessageListQuery } from './dto/mail-message-list.query.js';

/** Mails that one transaction changes. */
const batchSize = 500;

const changePermission = 'authentik_mail.change_mailmessage';

/** What is done to all mails that the filters match, and whose state allows it. */
export type BulkAction = 'requeue' | 'discard';

/** The mails that an action concerns. */
export interface BulkSelection {
  readonly action: BulkAction;
  readonly query: MailMessageFilterQuery;
  readonly visible: VisibleRows;
  readonly caller: Caller;
}

/**
 * Requeues or discards all mails that the filters of the list match. Each batch is a transaction: what a request has done stays
 * done if the process dies, and the same request again goes on with the rest.
 */
@Injectable()
export class MailMessageBulk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: MessageStore,
    private readonly clock: DatabaseClock,
  ) {}

  /** Counts the mails that an action would change. */
  async count(selection: BulkSelection): Promise<MailMessageCountDto> {
    return { count: await this.mails(selection).getCount() };
  }

  /**
   * Changes the mails that match at its start. A mail that changes meanwhile, as when a worker sends it, is left alone.
   *
   * @returns the number of changed mails
   * @throws ValidationError if more mails match than expected
   */
  async run(selection: BulkSelection, { expected }: MailMessageBulkRequestDto): Promise<MailMessageCountDto> {
    const limit = Math.min(expected, mostChanged);
    const rows = await this.mails(selection)
      .select('message.pk', 'pk')
      .orderBy('message.pk')
      .limit(limit + 1)
      .getRawMany<{ pk: string }>();
    if (rows.length > limit) throw new ValidationError({ expected: [tooMany(limit, expected)] });
    let count = 0;
    for (let start = 0; start < rows.length; start += batchSize) {
      const pks = rows.slice(start, start + batchSize).map(({ pk }) => pk);
      count += await this.dataSource.transaction((manager) => this.change(manager, pks, selection));
    }
    return { count };
  }

  private change(manager: EntityManager, pks: readonly string[], { action, caller }: BulkSelection): Promise<number> {
    return action === 'requeue'
      ? this.store.requeueAll(manager, pks)
      : this.store.discardAll(manager, pks, `Discarded by ${caller.username}.`);
  }

  /** @throws AppError `forbidden` if the caller may change no mail */
  private mails({ action, query, visible, caller }: BulkSelection): SelectQueryBuilder<MailMessage> {
    const changeable = caller.visible(changePermission);
    if (changeable.kind === 'keys' && changeable.keys.length === 0) throw new AppError('forbidden');
    const from = restrict(this.dataSource.manager.createQueryBuilder(MailMessage, 'message'), visible);
    if (changeable.kind === 'keys') {
      from.andWhere('(message.pk)::text = any(:changeableKeys)', { changeableKeys: changeable.keys });
    }
    applyFilters(from, MailMessageListQuery, query);
    if (action === 'requeue') {
      return from
        .andWhere('message.state = any(:changeableStates)', { changeableStates: statesBefore('queued') })
        .andWhere('(message.deadline is null or message.deadline > :now)', { now: this.clock.date() });
    }
    return from
      .andWhere('message.state = any(:changeableStates)', { changeableStates: statesBefore('discarded') })
      .andWhere(`(message.state <> 'sending' or message.leaseUntil < now())`);
  }
}

function tooMany(limit: number, expected: number): string {
  return expected > mostChanged
    ? `More than ${limit} mails match, which is the most for one request. Narrow the filters.`
    : `More than the expected ${limit} mails match.`;
}
