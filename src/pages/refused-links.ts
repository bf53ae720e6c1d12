import type { MessageCode, MessageOrText } from '../rest/messages/messages.js';
import type { texts } from './texts.js';

/** How pages show a link that cannot be used. */
export interface RefusedLink {
  readonly title: keyof typeof texts;
  /** Path of the page that sends another link; undefined if a new link would not help. */
  readonly newLinkPath: string | undefined;
  /** The address is already confirmed, so the visitor may only have to sign in. */
  readonly isConfirmed: boolean;
}

const titles = new Map<MessageCode, RefusedLink['title']>([
  ['linkUnknown', 'linkUnknown'],
  ['linkUsed', 'linkUsed'],
  ['linkReplaced', 'linkSuperseded'],
  ['linkExpired', 'linkExpired'],
  ['linkOfChangedAccount', 'linkInvalid'],
  ['linkOfOtherFlow', 'linkElsewhere'],
  ['linkOutOfPlace', 'linkElsewhere'],
]);

/** Returns how a refused link is shown; undefined if the message is not about a link. */
export function refusedLink(reason: MessageOrText): RefusedLink | undefined {
  const title = 'code' in reason ? titles.get(reason.code) : undefined;
  if (title === undefined || !('code' in reason)) return undefined;
  const newLinkPath = 'path' in reason.values ? String(reason.values.path) : undefined;
  return { title, newLinkPath, isConfirmed: reason.code === 'linkUsed' };
}
