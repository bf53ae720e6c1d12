import { Injectable } from '@nestjs/common';

import type { IssuedSession } from '../core/sessions/session-cookies.js';
import type { UserMessage } from '../flow-execution/execution.js';
import type { FullChallenge } from '../flow-execution/executor-outcome.js';
import { FlowSessions } from '../flow-execution/flow-sessions.js';
import { type FlowState, isUserMessage } from '../flow-execution/flow-state.js';
import type { Visit } from '../flow-execution/visit.js';
import { isMessageOrText } from '../rest/messages/messages.js';

/** State that pages store between two requests. */
export interface Notes {
  /** An opened link that was not used yet. Its secret is removed from the address before a page is shown. */
  readonly link?: { readonly slug: string; readonly token: string };
  /** The secret of an opened "This was not me" link, also removed from the address. */
  readonly notMe?: string;
  /** The secret of an opened link of a verification, also removed from the address. */
  readonly verify?: string;
  /** Key of the verification that this browser has approved. */
  readonly verified?: string;
  /** Result of the last form; the next page shows it once. */
  readonly lastResult?: LastResult;
  /** Messages for the target page of a finished flow. */
  readonly messages?: readonly UserMessage[];
}

/** Result of a form. */
export interface LastResult {
  readonly slug: string;
  /** The stage that it belongs to; absent if the run has ended. */
  readonly step?: string;
  readonly challenge: FullChallenge;
  /** Typed values by field, without secrets. */
  readonly typed: Readonly<Record<string, string>>;
}

/** Stores notes in the visitor's session, next to the flow's plan. */
@Injectable()
export class PageNotes {
  constructor(private readonly sessions: FlowSessions) {}

  of({ page }: FlowState): Notes {
    return isNotes(page) ? page : {};
  }

  /**
   * Replaces the notes.
   *
   * @returns the new session if the visitor had none
   */
  save(visit: Visit, notes: Notes): Promise<IssuedSession | undefined> {
    return this.sessions.change(visit, ({ state }) => {
      if (Object.keys(notes).length > 0) state.page = notes;
      else delete state.page;
      return Promise.resolve();
    });
  }
}

/** Notes may have been written by an older or newer release. */
function isNotes(value: unknown): value is Notes {
  if (typeof value !== 'object' || value === null) return false;
  const { link, notMe, verify, verified, lastResult, messages = [] } = value as Record<string, unknown>;
  if ([notMe, verify, verified].some((text) => text !== undefined && typeof text !== 'string')) return false;
  if (link !== undefined && typeof link !== 'object') return false;
  return isUndefinedOr(lastResult, isLastResult) && Array.isArray(messages) && messages.every(isUserMessage);
}

/** Whether this release knows every message in it. */
function isLastResult(value: object): boolean {
  const { challenge } = value as Partial<LastResult>;
  const { error_message: reason, response_errors: errors = {}, messages = [] } = challenge ?? {};
  const shown = [reason, ...Object.values(errors).flat(), ...messages.map(({ message }) => message)];
  return challenge !== undefined && shown.every((each) => each === undefined || isMessageOrText(each));
}

function isUndefinedOr(value: unknown, check: (value: object) => boolean): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && check(value));
}
