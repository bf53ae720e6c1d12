import type { NotMeResult } from '../flow-execution/not-me.service.js';
import type { NotMeState } from '../mail/not-me/not-me-links.service.js';
import type { Page } from './page.js';
import type { Wording } from './wording.js';

type Text = Parameters<Wording['text']>[0];

const explanations = {
  sign_up: ['notMeSignUp', 'notMeSignUpThen'],
  change: ['notMeChange', 'notMeChangeThen'],
  address: ['notMeAddress', 'notMeChangeThen'],
} as const;

/** Returns the page of a "this was not me" link: what its button does, or why the link does not work. */
export function notMePage(state: NotMeState, token: string, wording: Wording): Page {
  if (state === 'used' || state === 'invalid')
    return donePage(state === 'used' ? 'notMeUsed' : 'notMeInvalid', [], wording);
  const reasons = explanations[state].map((reason) => wording.text(reason));
  const action = wording.text(state === 'sign_up' ? 'notMeDelete' : 'notMeSecure');
  return { template: 'not-me.html', status: 200, title: wording.text('notMe'), values: { token, action, reasons } };
}

/** Returns the page after the button was pressed. */
export function notMeDonePage(result: NotMeResult, wording: Wording): Page {
  if (result.kind === 'nothing') return donePage(result.state === 'used' ? 'notMeUsed' : 'notMeInvalid', [], wording);
  if (result.kind === 'deleted') return donePage('notMeDeleted', [], wording);
  return donePage('notMeSecured', [result.isMailed ? 'notMeMailed' : 'notMeAsk'], wording);
}

function donePage(title: Text, more: readonly Text[], wording: Wording): Page {
  const reasons = [`${title}Why` as Text, ...more].map((reason) => wording.text(reason));
  const links = [{ href: '/', label: wording.text('home') }];
  const sign = title === 'notMeInvalid' ? { kind: 'stop', mood: '' } : { kind: 'done', mood: 'good' };
  return { template: 'problem.html', status: 200, title: wording.text(title), values: { ...sign, reasons, links } };
}
