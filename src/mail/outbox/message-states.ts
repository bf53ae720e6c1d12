/**
 * The states of a message and their transitions:
 *
 *                    ┌───────────────────────────────┐
 *                    ▼                               │ retry later
 *     queued ───▶ sending ──▶ retrying ──────────────┘
 *       │            │           │
 *       │            ├─▶ sent    │          accepted by the server
 *       │            ├─▶ captured│          kept in the local mailbox, no mail server
 *       │            │           │
 *       ├────────────┼───────────┼─▶ failed    refused permanently, or expired
 *       └────────────┴───────────┴─▶ discarded cancelled
 *
 * An administrator can requeue a `failed` or `discarded` message. A worker that dies leaves `sending` behind; when its
 * lease expires another worker goes from `sending` to `sending`.
 */
export const messageStates = ['queued', 'sending', 'retrying', 'sent', 'captured', 'failed', 'discarded'] as const;
export type MessageState = (typeof messageStates)[number];

const transitions: Readonly<Record<MessageState, readonly MessageState[]>> = {
  queued: ['sending', 'failed', 'discarded'],
  sending: ['sending', 'retrying', 'sent', 'captured', 'failed', 'discarded'],
  retrying: ['sending', 'queued', 'failed', 'discarded'],
  sent: [],
  captured: [],
  failed: ['queued'],
  discarded: ['queued'],
};

/** Returns the states from which a message may change to `state`. */
export function statesBefore(state: MessageState): MessageState[] {
  return messageStates.filter((before) => transitions[before].includes(state));
}

/** States without automatic transitions; messages in these states are deleted after MAIL_RETENTION. */
export const finalStates: readonly MessageState[] = ['sent', 'captured', 'failed', 'discarded'];

/** States of messages that will still be attempted. */
export const waitingStates: readonly MessageState[] = ['queued', 'sending', 'retrying'];
