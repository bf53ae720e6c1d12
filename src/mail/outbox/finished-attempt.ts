import type { NewEvent } from '../../events/event-log.js';
import type { AttemptOutcome } from './delivery-attempt.entity.js';
import type { MessageState } from './message-states.js';

/** Result of an attempt. */
interface AttemptResult {
  readonly outcome: AttemptOutcome;
  readonly provider: string;
  /** Name of the named transport. */
  readonly transport?: string | undefined;
  readonly reason: string;
  readonly code?: number | undefined;
  readonly reply?: string | undefined;
  readonly server?: string | undefined;
  readonly tls?: string | null | undefined;
  readonly providerMessageId?: string | undefined;
}

/** State of a message after an attempt. */
interface NextState {
  readonly state: MessageState;
  /** Time of the retry, for `retrying`. */
  readonly nextAttempt?: Date;
}

/** A finished attempt and its effect on the message. */
export interface FinishedAttempt {
  readonly pk: string;
  readonly number: number;
  readonly result: AttemptResult;
  readonly next: NextState;
  /** Event to write, if any. */
  readonly event?: NewEvent | undefined;
}

/** Returns the columns of a finished attempt, of its message and of its event. */
export function attemptRow({ pk, number, result, next, event }: FinishedAttempt): Readonly<Record<string, unknown>> {
  const {
    outcome,
    reason,
    code,
    reply = '',
    server = '',
    tls,
    provider,
    transport = '',
    providerMessageId = '',
  } = result;
  const { state, nextAttempt: next_attempt } = next;
  const { action, app, context } = event ?? {};
  return {
    ...{ message_uuid: pk, number, outcome, reason, code, reply, server, tls, state, next_attempt },
    ...{ provider, transport, provider_message_id: providerMessageId, action, app, context },
  };
}
