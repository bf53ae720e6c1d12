import type { VerificationLink } from '../verifications/verification-links.service.js';
import type { Page } from './page.js';
import type { Wording } from './wording.js';

type Text = Parameters<Wording['text']>[0];

/** Title and explanations of links that do not work, by the state of the verification. */
const endings: Readonly<Record<Exclude<VerificationLink['state'], 'pending' | 'failed'>, readonly [Text, ...Text[]]>> =
  {
    approved: ['linkUsed', 'linkUsedWhy'],
    expired: ['linkExpired', 'verifyAgain'],
    canceled: ['linkInvalid', 'verifyCanceled', 'verifyAgain'],
    max_attempts: ['linkInvalid', 'verifyTries', 'verifyAgain'],
    unknown: ['linkUnknown', 'linkUnknownWhy'],
  };

/** Returns the page of a verification's link: its button, or why the link does not work. */
export function verifyPage(link: VerificationLink, token: string, wording: Wording): Page {
  const { state, address, isForAccount, application } = link;
  // A failed mail has arrived after all.
  if (state === 'pending' || state === 'failed') {
    const values = { address, token, is_for_account: isForAccount };
    return { template: 'verify.html', status: 200, title: wording.text('verify'), values };
  }
  const [title, ...reasons] = endings[state];
  const sign = state === 'approved' ? { kind: 'done', mood: 'good' } : { kind: 'stop', mood: '' };
  return endPage(title, reasons, { ...sign, application }, wording);
}

/** Returns the page after the button was pressed, if there is no application to return to. */
export function verifiedPage(wording: Wording): Page {
  return endPage('verified', ['verifiedWhy'], { kind: 'done', mood: 'good', application: undefined }, wording);
}

function endPage(
  title: Text,
  reasons: readonly Text[],
  { application, ...sign }: { kind: string; mood: string; application: string | undefined },
  wording: Wording,
): Page {
  const links = application === undefined ? [] : [{ href: application, label: wording.text('application') }];
  const values = { ...sign, reasons: reasons.map((reason) => wording.text(reason)), links };
  return { template: 'problem.html', status: 200, title: wording.text(title), values };
}
