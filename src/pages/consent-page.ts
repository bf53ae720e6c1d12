import type { FullChallenge } from '../flow-execution/executor-outcome.js';
import { type Content, type PageContext, personOf } from './page-context.js';
import type { Wording } from './wording.js';

/** Returns the page of a consent stage, or the one behind a mailed link. */
export function renderConsent(challenge: FullChallenge, context: PageContext, wording: Wording): Content {
  const { header_text: header } = challenge;
  if (header !== undefined && 'code' in header && ['confirmMail', 'useLink'].includes(header.code)) {
    return confirmPage(challenge, context, wording);
  }
  return {
    template: 'consent.html',
    values: {
      header_text: header && wording.message(header),
      permissions: challenge['permissions'],
      additional_permissions: challenge['additional_permissions'],
      token: challenge['token'],
      person: personOf(challenge),
    },
  };
}

/** Names the address that the link was mailed to, which its holder knows from the mail. */
function confirmPage(challenge: FullChallenge, { linkAddress, designation }: PageContext, wording: Wording): Content {
  const person = personOf(challenge);
  return {
    template: 'confirm.html',
    values: {
      header_text: challenge.header_text && wording.message(challenge.header_text),
      address: linkAddress,
      kind: designation,
      token: challenge['token'],
      // An address that was typed as the name is named already.
      person: person.name === linkAddress ? undefined : person,
    },
  };
}
