import { eventApps } from '../../core/permissions/permission-models.js';
import { message } from '../../rest/messages/messages.js';
import type { PolicyResult } from '../policy-result.js';
import type { EventMatcherPolicy } from './event-matcher-policy.entity.js';

/** The part of an event that policies read. */
export interface MatchedEvent {
  readonly action: string;
  /** Component that wrote it, such as `authentik.events.signals`. */
  readonly app: string;
  readonly clientIp: string | null;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Evaluates an event matcher policy: every criterion that is set must match. Without an event it fails. */
export function eventMatcherPolicyResult(
  { action, app, model, clientIp }: Pick<EventMatcherPolicy, 'action' | 'app' | 'model' | 'clientIp'>,
  event: MatchedEvent | undefined,
): PolicyResult {
  if (event === undefined) return { passing: false, messages: [message('policyNotEvaluated')] };
  const passing =
    (action === null || action === event.action) &&
    (clientIp === null || clientIp === event.clientIp) &&
    (app === null || app === applicationOf(event.app)) &&
    (model === null || model === modelOf(event.context));
  return { passing, messages: [] };
}

/** Returns the application of a component: `authentik.events` of `authentik.events.signals`. */
function applicationOf(component: string): string {
  const around = eventApps.filter((app) => component === app || component.startsWith(`${app}.`));
  return around.sort((one, other) => other.length - one.length)[0] ?? component;
}

function modelOf({ model }: MatchedEvent['context']): string | undefined {
  if (typeof model !== 'object' || model === null) return undefined;
  const { app, model_name: name } = model as Record<string, unknown>;
  return `${String(app)}.${String(name)}`;
}
