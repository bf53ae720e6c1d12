import { FieldsWithout } from '../../../rest/fields/derived.js';
import {
  ContainsFilter,
  IntegerFilter,
  MultiChoiceFilter,
  TextFilter,
  UuidFilter,
} from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { NotAfterFilter, NotBeforeFilter } from '../../../rest/list/time-filters.js';
import { messageStates } from '../../outbox/message-states.js';
import { messageColumns } from '../mail-message.mapper.js';

/** SQL for a value of the last attempt of a mail; null without an attempt. */
function ofLastAttempt(column: 'server' | 'transport'): string {
  const isLast = 'attempt.message_uuid = message.pk and attempt.number = message.attempts';
  return `(select attempt.${column} from "delivery_attempt" attempt where ${isLast})`;
}

@ListOf({
  columns: messageColumns,
  search: [
    'message.recipientAddress',
    'message.recipientName',
    'message.subject',
    'message.template',
    'message.messageId',
    'message.reason',
  ],
  order: ['-created'],
  ordering: Object.keys(messageColumns),
})
export class MailMessageListQuery extends ListQuery {
  @NotBeforeFilter({ on: 'message.created', description: 'Created at or after this time.' })
  created__gte?: Date;

  @NotAfterFilter({ on: 'message.created', description: 'Created at or before this time.' })
  created__lte?: Date;

  @TextFilter({ on: 'message.recipientAddress', description: 'Address of the recipient.' })
  recipient?: string;

  @UuidFilter({ on: 'message.stageId', description: 'Key of the sending stage.' })
  stage?: string;

  @MultiChoiceFilter(messageStates, { on: 'message.state', description: 'Any of these states.' })
  state?: string[];

  @TextFilter({ on: 'message.template', description: 'Template of the mail.' })
  template?: string;

  @TextFilter({ on: 'message.subject', description: 'As configured, before translation.', isAddition: true })
  subject?: string;

  @ContainsFilter({ on: 'message.subject', description: 'Part of the subject, in any case.', isAddition: true })
  subject__icontains?: string;

  @TextFilter({
    on: ofLastAttempt('server'),
    description: 'Server of the last attempt, as `host:port`.',
    isAddition: true,
  })
  server?: string;

  @TextFilter({
    on: ofLastAttempt('transport'),
    description: 'Name of the named transport of the last attempt.',
    isAddition: true,
  })
  transport_name?: string;

  @IntegerFilter({
    on: '(select a.user_id from "account_address" a where a.user_id = :user and a.address = message.recipientAddress)',
    description: 'Key of a user: mails to the addresses that they have or had.',
    isAddition: true,
  })
  user?: number;
}

/** The filters of the list, for what concerns all mails that match. */
export class MailMessageFilterQuery extends FieldsWithout(MailMessageListQuery, 'ordering', 'page', 'page_size') {}
