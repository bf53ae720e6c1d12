import { isMessageOrText } from '../rest/messages/messages.js';
import type { UserMessage } from './execution.js';
import { parsePlan } from './parse-plan.js';
import { isPastPlan, type PastPlan } from './plan-history.js';
import type { FlowPlan } from './plan.js';

/** A value that a stage stores in the session. */
type Remembered = string | number | boolean | null;

/** The flow state of a session. */
export interface FlowState {
  /** The current plan; `broken`: there is one, but it cannot be used. */
  plan?: FlowPlan | 'broken';
  /** Earlier plans, for the inspector. */
  history: PastPlan[];
  /** Values that outlive runs. */
  memory: Record<string, Remembered>;
  /** Messages that were not shown yet. */
  messages: UserMessage[];
  /** State of the pages, opaque to the executor. */
  page?: unknown;
}

export function emptyState(): FlowState {
  return { history: [], memory: {}, messages: [] };
}

/** Parses the stored state. Never throws: invalid parts are dropped, except for the plan, which becomes `broken`. */
export function parseState(stored: unknown): FlowState {
  if (typeof stored !== 'object' || stored === null) return emptyState();
  const { plan, history, memory, messages, page } = stored as Record<string, unknown>;
  return {
    ...(plan !== undefined && { plan: parsePlan(plan) ?? 'broken' }),
    history: Array.isArray(history) ? history.filter(isPastPlan) : [],
    memory: Object.fromEntries(entriesOf(memory).filter((entry): entry is [string, Remembered] => isPlain(entry[1]))),
    messages: Array.isArray(messages) ? messages.filter(isUserMessage) : [],
    ...(page !== undefined && { page }),
  };
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function isPlain(value: unknown): value is Remembered {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

export function isUserMessage(value: unknown): value is UserMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { level, message } = value as Record<string, unknown>;
  return ['success', 'info', 'warning', 'error'].includes(String(level)) && isMessageOrText(message);
}
