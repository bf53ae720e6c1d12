import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { Idempotent, type IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { ValidationErrorDto } from '../../rest/openapi/error.dto.js';
import { Resource } from '../../rest/resource.js';
import { MailMessage } from '../outbox/mail-message.entity.js';
import { MailStatisticsDto } from '../statistics/mail-statistics.dto.js';
import { MailStatistics } from '../statistics/mail-statistics.service.js';
import { MailContentDto } from './dto/mail-content.dto.js';
import { MailMessageBulkRequestDto, MailMessageCountDto } from './dto/mail-message-bulk.dto.js';
import { MailMessageFilterQuery, MailMessageListQuery } from './dto/mail-message-list.query.js';
import { MailMessageDetailDto, MailMessageDto } from './dto/mail-message.dto.js';
import { MailContents } from './mail-content.service.js';
import { type BulkAction, MailMessageBulk } from './mail-message-bulk.service.js';
import { MailMessageService } from './mail-message.service.js';

const messages = new Resource({
  operations: 'mail_messages',
  model: 'authentik_mail.mailmessage',
  noun: 'mail',
  response: MailMessageDto,
  lookup: {
    entity: () => MailMessage,
    parameter: 'message_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the mail.',
  },
});

const invalid = { status: 400, type: ValidationErrorDto };

const bulkAccess = { level: 'authenticated', view: messages.permission('view') } as const;

/** What an action does, for the documentation. */
const bulkTexts = {
  requeue: 'that failed or were discarded, or wait for a retry, and whose link is still valid',
  discard: 'that wait',
} as const satisfies Record<BulkAction, string>;

/** A route that counts the mails which an action on many mails would change. */
function BulkCount(action: BulkAction): MethodDecorator {
  return messages.collectionAction({
    method: 'GET',
    path: action,
    operation: `${action}_retrieve`,
    description: `Count the mails that you may change and the filters match, ${bulkTexts[action]}.`,
    access: bulkAccess,
    responses: [{ status: 200, type: MailMessageCountDto }],
  });
}

/** A route for an action on many mails. */
function BulkChange(action: BulkAction): MethodDecorator {
  const verb = { requeue: 'Send all mails again', discard: 'Discard all mails' }[action];
  return messages.collectionAction({
    method: 'POST',
    path: action,
    operation: `${action}_all_create`,
    description:
      `${verb} that you may change and the filters match, ${bulkTexts[action]}, and return their number. Answers 400, without a ` +
      'change, if more mails match than expected. Changes mails in batches, also if the client leaves: the same GET counts ' +
      'those that are left, and the same request again goes on with them.',
    access: bulkAccess,
    responses: [{ status: 200, type: MailMessageCountDto }],
  });
}

/** `/mail/messages/` */
@ApiTags('mail')
@Controller('mail/messages')
export class MailMessageController {
  constructor(
    private readonly service: MailMessageService,
    private readonly figures: MailStatistics,
    private readonly contents: MailContents,
    private readonly bulk: MailMessageBulk,
  ) {}

  @messages.list()
  list(@Query() query: MailMessageListQuery, @Visible() visible: VisibleRows): Promise<Page<MailMessageDto>> {
    return this.service.list(query, visible);
  }

  @messages.collectionAction({
    method: 'GET',
    path: 'statistics',
    operation: 'statistics_retrieve',
    description:
      'Count the mails that you may see and that the filters match, and what their links and codes have verified. ' +
      'Without `created__gte`, those of the last 24 hours; at most of 100 days.',
    access: { level: 'authenticated', view: messages.permission('view') },
    responses: [{ status: 200, type: MailStatisticsDto }],
  })
  statistics(@Query() query: MailMessageFilterQuery, @Visible() visible: VisibleRows): Promise<MailStatisticsDto> {
    return this.figures.of(query, visible);
  }

  @BulkCount('requeue')
  countRequeue(
    @Query() query: MailMessageFilterQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<MailMessageCountDto> {
    return this.bulk.count({ action: 'requeue', query, visible, caller });
  }

  @BulkChange('requeue')
  requeueAll(
    @Query() query: MailMessageFilterQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
    @Body() request: MailMessageBulkRequestDto,
  ): Promise<MailMessageCountDto> {
    return this.bulk.run({ action: 'requeue', query, visible, caller }, request);
  }

  @BulkCount('discard')
  countDiscard(
    @Query() query: MailMessageFilterQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<MailMessageCountDto> {
    return this.bulk.count({ action: 'discard', query, visible, caller });
  }

  @BulkChange('discard')
  discardAll(
    @Query() query: MailMessageFilterQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
    @Body() request: MailMessageBulkRequestDto,
  ): Promise<MailMessageCountDto> {
    return this.bulk.run({ action: 'discard', query, visible, caller }, request);
  }

  @messages.detailAction({
    method: 'GET',
    path: '',
    operation: 'retrieve',
    description: 'Get a mail with its delivery attempts.',
    permissions: [],
    responses: [{ status: 200, type: MailMessageDetailDto }, invalid],
  })
  get(@messages.key() pk: string, @Visible() visible: VisibleRows): Promise<MailMessageDetailDto> {
    return this.service.get(pk, visible);
  }

  @messages.detailAction({
    method: 'GET',
    path: 'content',
    operation: 'content_retrieve',
    description:
      'Render a mail as it is delivered, with `XXXXXX` for the secrets of its links and for its code. Answers 400 if its ' +
      'template cannot be used any longer.',
    permissions: [],
    responses: [{ status: 200, type: MailContentDto }, invalid],
  })
  content(@Current() message: MailMessage): Promise<MailContentDto> {
    return this.contents.of(message);
  }

  @messages.detailAction({
    method: 'POST',
    path: 'requeue',
    operation: 'requeue_create',
    description:
      'Send a mail again that failed or was discarded, or retry a waiting one now. ' +
      'Answers 400 in any other state, and if its link has expired.',
    permissions: [messages.permission('change')],
    responses: [{ status: 200, type: MailMessageDto }, invalid],
  })
  requeue(@Current() message: MailMessage, @Idempotent() request?: IdempotentRequest): Promise<MailMessageDto> {
    return this.service.requeue(message, request);
  }

  @messages.detailAction({
    method: 'POST',
    path: 'discard',
    operation: 'discard_create',
    description: 'Discard a waiting mail, so that it is never sent. Answers 400 in any other state.',
    permissions: [messages.permission('change')],
    responses: [{ status: 200, type: MailMessageDto }, invalid],
  })
  discard(@Current() message: MailMessage, @CurrentCaller() caller: Caller): Promise<MailMessageDto> {
    return this.service.discard(message, caller.username);
  }
}
