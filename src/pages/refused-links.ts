import type { MessageCode, MessageOrText } from '../rest/messages/messages.js';
import type { texts } from './texts.js';

/** How pages show a link that cannot be used. */
export interface RefusedLink {
  readonly title: keyof typeof texts;
  /** Path of the page that sends another link; undefined if another one would not help. */
  readonly again: string | undefined;
  /** The address is confirmed already, so signing in may be all that is left. */
  readonly isDone: boolean;
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
  const again = 'slug' in reason.values ? `/if/flow/${reason.values.slug}/` : undefined;
  return { title, again, isDone: reason.code === 'linkUsed' };
}
