import type { Columns } from '../../rest/list/list-query.js';
import { policyResponse, policyColumns } from '../policy.mapper.js';
import type { EventMatcherPolicyDto } from './dto/event-matcher-policy.dto.js';
import { eventMatcherPolicyKind } from './event-matcher-policy.kind.js';

/** Columns of an event matcher policy, for a query with the alias `policy`. */
export const eventMatcherPolicyColumns = {
  ...policyColumns,
  action: 'policy.action',
  client_ip: 'policy.clientIp',
  app: 'policy.app',
  model: 'policy.model',
} satisfies Columns;

/** A row of `eventMatcherPolicyColumns`. */
export type EventMatcherPolicyRow = Pick<EventMatcherPolicyDto, keyof typeof eventMatcherPolicyColumns>;

/** Returns the response for an event matcher policy. */
export function eventMatcherPolicyResponse(row: EventMatcherPolicyRow): EventMatcherPolicyDto {
  const { action, client_ip, app, model } = row;
  return { ...policyResponse(row, eventMatcherPolicyKind), action, client_ip, app, model };
}
