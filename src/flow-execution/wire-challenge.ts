import { englishOf, wireCodeOf } from '../rest/messages/english.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import type { FullChallenge } from './executor-outcome.js';

/** A challenge as the API sends it. */
export type WireChallenge = Readonly<Record<string, unknown>>;

/** Fields whose value is a single message. */
const messageFields = ['error_message', 'header_text', 'primary_action'] as const;

/** Returns a challenge with authentik's English in place of message codes. */
export function wireChallenge(challenge: FullChallenge): WireChallenge {
  const { response_errors: errors, messages } = challenge;
  // Replaces values in place: the order of the fields is authentik's.
  const wire: Record<string, unknown> = { ...challenge };
  for (const name of messageFields) {
    const shown = challenge[name];
    if (shown !== undefined) wire[name] = englishOf(shown);
  }
  if (errors !== undefined) {
    wire['response_errors'] = Object.fromEntries(
      Object.entries(errors).map(([field, list]) => [field, list.map(errorDetail)]),
    );
  }
  if (messages !== undefined) {
    wire['messages'] = messages.map(({ level, message }) => ({ level, text: englishOf(message) }));
  }
  return wire;
}

function errorDetail(shown: MessageOrText): { string: string; code: string } {
  return { string: englishOf(shown), code: wireCodeOf(shown) };
}
