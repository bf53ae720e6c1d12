import { randomUUID } from 'node:crypto';

import type { NotificationRuleDto } from '../../src/notifications/dto/notification-rule.dto.js';
import type {
  EventMatcherPolicyDto,
  EventMatcherPolicyRequestDto,
} from '../../src/policies/event-matcher/dto/event-matcher-policy.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';
import { createGroup } from './group.js';
import { createPolicyBinding } from './policy-binding.js';

/** Creates an event matcher policy over the API, with a name of its own. */
export function createMatcher(
  api: ApiClient,
  fields: Partial<EventMatcherPolicyRequestDto>,
): Promise<EventMatcherPolicyDto> {
  return created(api.post('/policies/event_matcher/', { name: `matcher-${randomUUID()}`, ...fields }));
}

/** Creates a notification rule for these users over the API, and binds an event matcher to it. */
export async function createRule(
  api: ApiClient,
  users: readonly { readonly pk: number }[],
  transports: readonly { readonly pk: string }[],
  matcher: Partial<EventMatcherPolicyRequestDto>,
  fields: object = {},
): Promise<NotificationRuleDto> {
  const group = await createGroup(api, { users: users.map(({ pk }) => pk) });
  const needed = { name: `rule-${randomUUID()}`, group: group.pk, transports: transports.map(({ pk }) => pk) };
  const rule = await created<NotificationRuleDto>(api.post('/events/rules/', { ...needed, ...fields }));
  await createPolicyBinding(api, { target: rule.pk, policy: (await createMatcher(api, matcher)).pk });
  return rule;
}
