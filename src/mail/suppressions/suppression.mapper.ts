import type { Columns } from '../../rest/list/list-query.js';
import type { SuppressionDto } from './dto/suppression.dto.js';

/** Columns of a suppression, in a statement with the alias `suppression`. */
export const suppressionColumns = {
  pk: 'suppression.pk',
  address: 'suppression.address',
  reason: 'suppression.reason',
  message: 'suppression.messageId',
  note: 'suppression.note',
  expires: 'suppression.expires',
  created: 'suppression.created',
  last_updated: 'suppression.lastUpdated',
} satisfies Columns & Record<keyof SuppressionDto, string>;
