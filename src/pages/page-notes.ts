import { Injectable } from '@nestjs/common';

import type { IssuedSession } from '../core/sessions/session-cookies.js';
import type { UserMessage } from '../flow-execution/execution.js';
import type { FullChallenge } from '../flow-execution/executor-answer.js';
import { FlowSessions } from '../flow-execution/flow-sessions.js';
import { type FlowState, isUserMessage } from '../flow-execution/flow-state.js';
import type { Visit } from '../flow-execution/visit.js';
import { isMessageOrText } from '../rest/messages/messages.js';

/** What pages remember of a visitor from one request to the next. */
export interface Notes {
  /** The link of a mail that was opened and not followed yet; its secret leaves the address before anything is shown. */
  readonly link?: { readonly slug: string; readonly token: string };
  /** The secret of a "this was not me" link that was opened, which leaves the address in the same way. */
  readonly notMe?: string;
  /** Result of the last form; the next page shows it once. */
  readonly lastResult?: LastResult;
  /** Messages for the page that a flow ends at. */
  readonly messages?: readonly UserMessage[];
}

/** Result of a form. */
export interface LastResult {
  readonly slug: string;
  /** The stage that it belongs to; absent if the run is over. */
  readonly step?: string;
  readonly challenge: FullChallenge;
  /** Typed values by field, without secrets. */
  readonly typed: Readonly<Record<string, string>>;
}

/** Keeps notes in the visitor's session, beside the run through a flow. */
@Injectable()
export class PageNotes {
  constructor(private readonly sessions: FlowSessions) {}

  of({ page }: FlowState): Notes {
    return isNotes(page) ? page : {};
  }

  /**
   * Replaces the notes.
   *
   * @returns the session that was begun for them, if the visitor has none
   */
  keep(visit: Visit, notes: Notes): Promise<IssuedSession | undefined> {
    return this.sessions.change(visit, ({ state }) => {
      if (Object.keys(notes).length > 0) state.page = notes;
      else delete state.page;
      return Promise.resolve();
    });
  }
}

/** Only pages write notes, but an older or newer release may have done so. */
function isNotes(value: unknown): value is Notes {
  if (typeof value !== 'object' || value === null) return false;
  const { link, notMe, lastResult, messages = [] } = value as Record<string, unknown>;
  if (notMe !== undefined && typeof notMe !== 'string') return false;
  if (link !== undefined && typeof link !== 'object') return false;
  return isUndefinedOr(lastResult, isLastResult) && Array.isArray(messages) && messages.every(isUserMessage);
}

/** Whether every message in it is known to this release. */
function isLastResult(value: object): boolean {
  const { challenge } = value as Partial<LastResult>;
  const { error_message: reason, response_errors: errors = {}, messages = [] } = challenge ?? {};
  const shown = [reason, ...Object.values(errors).flat(), ...messages.map(({ message }) => message)];
  return challenge !== undefined && shown.every((each) => each === undefined || isMessageOrText(each));
}

function isUndefinedOr(value: unknown, check: (value: object) => boolean): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && check(value));
}
