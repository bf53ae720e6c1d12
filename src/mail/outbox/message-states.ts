/**
 * The states of a message, and how it gets from one to the other:
 *
 *                    ┌───────────────────────────────┐
 *                    ▼                               │ try later
 *     queued ───▶ sending ──▶ retrying ──────────────┘
 *       │            │           │
 *       │            ├─▶ sent    │          accepted by the server
 *       │            ├─▶ captured│          kept in the local mailbox: there is no server
 *       │            │           │
 *       ├────────────┼───────────┼─▶ failed    refused for good, or too late
 *       └────────────┴───────────┴─▶ discarded nobody wants it any more
 *
 * `failed` and `discarded` go back to `queued` when an administrator asks for it. A worker that dies leaves `sending`
 * behind; when its lease is over another worker goes from `sending` to `sending`.
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

/** The states from which a message may come to `state`. */
export function statesBefore(state: MessageState): MessageState[] {
  return messageStates.filter((before) => transitions[before].includes(state));
}

/** States in which nothing more happens by itself; such messages are deleted when they are old. */
export const finalStates: readonly MessageState[] = ['sent', 'captured', 'failed', 'discarded'];

/** States in which a message is on its way. */
export const waitingStates: readonly MessageState[] = ['queued', 'sending', 'retrying'];
