import type { FullChallenge } from '../flow-execution/executor-outcome.js';
import type { WaitingMail } from '../flow-execution/waiting-mail.js';
import { type Field, type FormState, formView } from './fields.js';
import type { FlowAddress } from './flow-address.js';
import type { Page } from './page.js';
import type { Wording } from './wording.js';

/** The page of another flow that begins with a visitor who is not signed in. */
export interface EntryFlow {
  readonly designation: 'authentication' | 'enrollment' | 'recovery';
  readonly path: string;
}

/** The context in which a challenge is rendered. */
export interface PageContext {
  readonly address: FlowAddress;
  /** CSRF token of the session. */
  readonly csrf: string;
  /** Identifies the stage and the run that the form answers. */
  readonly step: string;
  /** The flow's `compatibility_mode`. */
  readonly isScriptless: boolean;
  readonly typed: FormState['typed'];
  /** The username, where the challenge has none: password managers store the password under it. */
  readonly username: string;
  /** What a waiting page waits for; undefined if no mail was sent. */
  readonly wait: string | undefined;
  /** What a waiting page says about its mail; undefined once the run is over. */
  readonly mail: WaitingMail | undefined;
  /** The flow's designation. */
  readonly designation: string;
  /** Address that an opened link was mailed to; undefined for a link that was only shown. */
  readonly linkAddress: string | undefined;
  /** Address of the "This was not me" page; undefined if the stage has none. */
  readonly notMe: string | undefined;
  /** Path of the sign-in page; undefined if there is none for this visitor. */
  readonly signIn: string | undefined;
  /** Other flows that the page links to. */
  readonly entryFlows: readonly EntryFlow[];
}

/** The parts of a page that depend on the kind of challenge. */
export type Content = Pick<Page, 'template' | 'values'> & Partial<Pick<Page, 'title' | 'status'>>;

/** Returns the form of a challenge as templates read it. */
export function formOf(
  fields: readonly Field[],
  challenge: FullChallenge,
  { typed }: PageContext,
  wording: Wording,
): object {
  return formView(fields, { errors: challenge.response_errors ?? {}, typed }, wording);
}

/** Returns the user data of a challenge as templates read it. */
export function personOf(challenge: FullChallenge): { name: string; avatar: string; leave: string | undefined } {
  const { flow_info: info } = challenge;
  const [name, avatar] = [textOf(challenge['pending_user']), textOf(challenge['pending_user_avatar'])];
  return { name, avatar, leave: info?.cancel_url };
}

/** Returns a text of a challenge; empty if there is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Returns a list of a challenge; empty if there is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
