import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { MailFeedbackDto } from '../feedback/dto/mail-feedback.dto.js';
import { MailFeedback } from '../feedback/feedback.entity.js';
import { DeliveryAttempt } from '../outbox/delivery-attempt.entity.js';
import { MailMessage } from '../outbox/mail-message.entity.js';
import { statesBefore } from '../outbox/message-states.js';
import { MessageStore } from '../outbox/message-store.js';
import type { MailMessageListQuery } from './dto/mail-message-list.query.js';
import type { DeliveryAttemptDto, MailMessageDetailDto, MailMessageDto } from './dto/mail-message.dto.js';
import { attemptColumns, feedbackColumns, messageColumns } from './mail-message.mapper.js';

/** Reads mails with their delivery attempts; requeues and discards them for administrators. */
@Injectable()
export class MailMessageService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: MessageStore,
    private readonly idempotency: Idempotency,
    private readonly clock: DatabaseClock,
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
    const feedback = manager
      .createQueryBuilder(MailFeedback, 'feedback')
      .where('feedback.messagePk = :pk', { pk })
      .orderBy('feedback.received');
    return {
      ...message,
      timeline: await select(attempts, attemptColumns).getRawMany<DeliveryAttemptDto>(),
      feedback: await select(feedback, feedbackColumns).getRawMany<MailFeedbackDto>(),
    };
  }

  /**
   * Sends a failed or discarded mail again, or retries a waiting one now.
   *
   * @throws ValidationError if the mail is in another state, or its link has expired
   */
  requeue({ pk, deadline }: MailMessage, request: IdempotentRequest | undefined): Promise<MailMessageDto> {
    return this.idempotency.once(request, async (manager) => {
      if (deadline !== null && deadline <= this.clock.date()) {
        throw invalidState('The link in the mail has expired.');
      }
      if (!(await this.store.requeue(manager, pk))) {
        const { state } = await findOne(messages(manager), pk);
        throw invalidState(
          `The mail is ${state}. Only mails in these states can be sent again: ${statesBefore('queued').join(', ')}.`,
        );
      }
      return findOne(messages(manager), pk);
    });
  }

  /**
   * Discards a waiting mail, so that it is never sent.
   *
   * @param username of the caller, for the reason
   * @throws ValidationError if the mail is final or is being sent
   */
  discard({ pk }: MailMessage, username: string): Promise<MailMessageDto> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await this.store.end(manager, pk, 'discarded', `Discarded by ${username}.`))) {
        const { state } = await findOne(messages(manager), pk);
        throw invalidState(`The mail is ${state}. Only waiting mails can be discarded.`);
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

function invalidState(message: string): ValidationError {
  return new ValidationError({ [nonField]: [message] });
}
