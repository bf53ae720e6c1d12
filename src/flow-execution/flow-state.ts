import { isMessageOrText } from '../rest/messages/messages.js';
import type { UserMessage } from './execution.js';
import { parsePlan } from './parse-plan.js';
import { isPastPlan, type PastPlan } from './plan-history.js';
import type { FlowPlan } from './plan.js';

/** A value that a stage remembers. */
type Remembered = string | number | boolean | null;

/** What a session holds of flows (flow execution, section 2.3). */
export interface FlowState {
  /** The current plan; `broken`: there is one, but it cannot be used. */
  plan?: FlowPlan | 'broken';
  /** Earlier plans, for the inspector. */
  history: PastPlan[];
  /** What outlives the runs through flows. */
  memory: Record<string, Remembered>;
  /** What the visitor has not been told yet. */
  messages: UserMessage[];
  /** What pages remember of the visitor; nothing else looks into it. */
  page?: unknown;
}

export function emptyState(): FlowState {
  return { history: [], memory: {}, messages: [] };
}

/** Reads what a session holds. What cannot be read counts as not there, but for a plan. It never throws. */
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
