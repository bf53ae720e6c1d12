import type { texts } from './texts.js';

type TextName = keyof typeof texts;

/** What people read about a link that cannot be used. */
export interface RefusedLink {
  readonly title: TextName;
  readonly reason: TextName;
  /** Path of the page that sends another one; undefined if that is no help. */
  readonly again: string | undefined;
  /** The address is confirmed already, so signing in may be all that is left. */
  readonly isDone: boolean;
}

/** How each text of the executor about a link begins (`flow-execution/link-refusals.service.ts`). */
const beginnings: readonly (readonly [said: string, title: TextName, reason: TextName])[] = [
  ['This link is not known here.', 'linkUnknown', 'linkUnknownWhy'],
  ['This link has been used already.', 'linkUsed', 'linkUsedWhy'],
  ['A newer mail has been sent since.', 'linkSuperseded', 'linkSupersededWhy'],
  ['This link is too old.', 'linkExpired', 'linkExpiredWhy'],
  ['The account has been changed since this link was made', 'linkInvalid', 'linkInvalidWhy'],
  ['This link was made for another page.', 'linkElsewhere', 'linkElsewhereWhy'],
  ['This link cannot be used here.', 'linkElsewhere', 'linkElsewhereWhy'],
];

/** Reads what the executor said; undefined if it is not about a link. */
export function refusedLink(message: string): RefusedLink | undefined {
  const found = beginnings.find(([said]) => message.startsWith(said));
  if (found === undefined) return undefined;
  const [, title, reason] = found;
  return { title, reason, again: pathIn(message), isDone: title === 'linkUsed' };
}

/** The page that the text names, as a path: whatever host it was written with, the page is on this site. */
function pathIn(message: string): string | undefined {
  const address = /https?:\/\/\S+/.exec(message)?.[0] ?? '';
  if (!URL.canParse(address)) return undefined;
  const { pathname } = new URL(address);
  return /\/if\/flow\/[-\w]+\/$/.exec(pathname)?.[0];
}
