import type { NotMeResult } from '../flow-execution/not-me.service.js';
import type { NotMeState } from '../mail/not-me/not-me-links.service.js';
import type { Page } from './page.js';
import type { Wording } from './wording.js';

type Text = Parameters<Wording['say']>[0];

const explanations = {
  sign_up: ['notMeSignUp', 'notMeSignUpThen'],
  change: ['notMeChange', 'notMeChangeThen'],
  address: ['notMeAddress', 'notMeChangeThen'],
} as const;

/** The page that a "this was not me" link leads to: what its button does, or why it can do nothing. */
export function notMePage(state: NotMeState, token: string, wording: Wording): Page {
  if (state === 'used' || state === 'invalid')
    return donePage(state === 'used' ? 'notMeUsed' : 'notMeInvalid', [], wording);
  const reasons = explanations[state].map((reason) => wording.say(reason));
  const action = wording.say(state === 'sign_up' ? 'notMeDelete' : 'notMeSecure');
  return { template: 'not-me.html', status: 200, title: wording.say('notMe'), values: { token, action, reasons } };
}

/** What came of the button. */
export function notMeDonePage(result: NotMeResult, wording: Wording): Page {
  if (result.kind === 'nothing') return donePage(result.state === 'used' ? 'notMeUsed' : 'notMeInvalid', [], wording);
  if (result.kind === 'deleted') return donePage('notMeDeleted', [], wording);
  return donePage('notMeSecured', [result.isMailed ? 'notMeMailed' : 'notMeAsk'], wording);
}

function donePage(title: Text, more: readonly Text[], wording: Wording): Page {
  const reasons = [`${title}Why` as Text, ...more].map((reason) => wording.say(reason));
  const ways = [{ href: '/', label: wording.say('home') }];
  return {
    template: 'problem.html',
    status: 200,
    title: wording.say(title),
    values: { kind: 'stop', mood: '', reasons, ways },
  };
}
