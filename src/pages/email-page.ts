import type { UserMessage } from '../flow-execution/execution.js';
import type { FullChallenge, ResponseErrors } from '../flow-execution/executor-outcome.js';
import { message, type MessageCode, type MessageOrText } from '../rest/messages/messages.js';
import type { Field } from './fields.js';
import { type Content, formOf, type PageContext } from './page-context.js';
import { webmailOf } from './webmail.js';
import type { Wording } from './wording.js';

/** Seconds after which a waiting page without a script reloads. */
const refreshSeconds = 20;

/** Returns the messages of a challenge. A waiting page says itself when the next mail can be sent. */
export function shownMessages({ messages = [] }: FullChallenge, { mail }: PageContext): readonly UserMessage[] {
  return messages.filter(({ message: shown }) => !isWait(shown) || mail?.isLimited !== true);
}

/** Returns the page that waits for a mailed link. A resent mail, an error on authentik's wire, is a message on pages. */
export function renderEmail(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  const errors = withoutCodes(challenge.response_errors ?? {}, ['mailResent', 'confirmedElsewhere']);
  const code: Field = {
    name: 'code',
    control: 'code',
    label: wording.text('code'),
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    verbatim: true,
    required: true,
  };
  const isTyping = context.address.isCodeEntry || Object.keys(errors).length > 0;
  const { address, wait, mail } = context;
  const typed = mail?.typed ?? '';
  const seconds = mail?.seconds ?? 0;
  const waiting = wait === undefined ? address.current() : address.waiting(wait);
  const isConfirmed = challenge['confirmed'] === true;
  // Without an error the run continues in this browser, which may have closed the other tab.
  const continuesHere = isConfirmed && challenge.response_errors === undefined && context.step !== '';
  return {
    template: 'email.html',
    values: {
      ...formOf([code], { ...challenge, response_errors: errors }, context, wording),
      confirmed: isConfirmed ? wording.message(message('confirmedElsewhere')) : '',
      here_href: continuesHere ? address.withoutLink() : undefined,
      poll: context.isScriptless ? undefined : address.executorUrl(),
      refresh: isTyping ? undefined : refreshSeconds,
      address: typed.includes('@') ? typed : '',
      name: typed,
      webmail: webmailOf(typed),
      can_correct: mail?.isCorrectable === true,
      seconds,
      when: wording.wait(seconds),
      is_limited: mail?.isLimited === true,
      waiting_href: waiting,
      code_href: address.codeEntry(),
      link_time: wording.duration(challenge['link_minutes']),
      code_time: wording.duration(challenge['code_minutes']),
    },
  };
}

function withoutCodes(errors: ResponseErrors, codes: readonly MessageCode[]): ResponseErrors {
  const kept = Object.entries(errors).map(
    ([name, list]) => [name, list.filter((each) => !('code' in each && codes.includes(each.code)))] as const,
  );
  return Object.fromEntries(kept.filter(([, list]) => list.length > 0));
}

function isWait(shown: MessageOrText): boolean {
  return 'code' in shown && shown.code === 'tooManyMails';
}
