import { Controller, Query } from '@nestjs/common';
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
import { MailMessageListQuery } from './dto/mail-message-list.query.js';
import { MailMessageDetailDto, MailMessageDto } from './dto/mail-message.dto.js';
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

/** `/mail/messages/` */
@ApiTags('mail')
@Controller('mail/messages')
export class MailMessageController {
  constructor(private readonly service: MailMessageService) {}

  @messages.list()
  list(@Query() query: MailMessageListQuery, @Visible() visible: VisibleRows): Promise<Page<MailMessageDto>> {
    return this.service.list(query, visible);
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
