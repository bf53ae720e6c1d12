import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import { DeliveryAttempt } from '../outbox/delivery-attempt.entity.js';
import { MailMessage } from '../outbox/mail-message.entity.js';
import { statesBefore } from '../outbox/message-states.js';
import { MessageStore } from '../outbox/message-store.js';
import type { MailMessageListQuery } from './dto/mail-message-list.query.js';
import type { DeliveryAttemptDto, MailMessageDetailDto, MailMessageDto } from './dto/mail-message.dto.js';
import { attemptColumns, messageColumns } from './mail-message.mapper.js';

/** Tells what became of mails, and lets administrators decide what becomes of those that wait or failed. */
@Injectable()
export class MailMessageService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: MessageStore,
    private readonly idempotency: Idempotency,
  ) {}

  list(query: MailMessageListQuery, visible: VisibleRows): Promise<Page<MailMessageDto>> {
    return readPage(restrict(messages(this.dataSource.manager), visible), query);
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<MailMessageDetailDto> {
    const { manager } = this.dataSource;
    const message = await findOne(restrict(messages(manager), visible), pk);
    const attempts = manager
      .createQueryBuilder(DeliveryAttempt, 'attempt')
      .where('attempt.messagePk = :pk', { pk })
      .orderBy('attempt.number');
    return { ...message, timeline: await select(attempts, attemptColumns).getRawMany<DeliveryAttemptDto>() };
  }

  /**
   * Sends a mail that failed or was discarded again, or one that waits now.
   *
   * @throws ValidationError if it is in another state, or too late
   */
  requeue({ pk, deadline }: MailMessage, request: IdempotentRequest | undefined): Promise<MailMessageDto> {
    return this.idempotency.once(request, async (manager) => {
      if (deadline !== null && deadline <= new Date()) {
        throw refusal('Its link is not valid any more: nobody could use the mail.');
      }
      if (!(await this.store.requeue(manager, pk))) {
        const { state } = await findOne(messages(manager), pk);
        throw refusal(`It is ${state}. Only mails that are ${statesBefore('queued').join(', ')} can be sent again.`);
      }
      return findOne(messages(manager), pk);
    });
  }

  /**
   * Has a mail never sent.
   *
   * @param username who wants that
   * @throws ValidationError if it has been sent, is being sent just now, or was discarded already
   */
  discard({ pk }: MailMessage, username: string): Promise<MailMessageDto> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await this.store.end(manager, pk, 'discarded', `Discarded by ${username}.`))) {
        const { state } = await findOne(messages(manager), pk);
        throw refusal(`It is ${state}. Only mails that wait can be discarded.`);
      }
      return findOne(messages(manager), pk);
    });
  }
}

function messages(manager: EntityManager): SelectQueryBuilder<MailMessage> {
  return manager.createQueryBuilder(MailMessage, 'message');
}

async function findOne(from: SelectQueryBuilder<MailMessage>, pk: string): Promise<MailMessageDto> {
  const row = await select(from.andWhere('message.pk = :pk', { pk }), messageColumns).getRawOne<MailMessageDto>();
  if (row === undefined) throw new AppError('notFound');
  return row;
}

function refusal(message: string): ValidationError {
  return new ValidationError({ [nonField]: [message] });
}
