import { MultiChoiceFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { NotAfterFilter, NotBeforeFilter } from '../../../rest/list/time-filters.js';
import { messageStates } from '../../outbox/message-states.js';
import { messageColumns } from '../mail-message.mapper.js';

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

  @TextFilter({ on: 'message.template' })
  template?: string;
}
