import { eventTypes } from './event-types.js';

/** Returns why this names no type of events; undefined if it does. `*` stands for any characters, as in `user.*`. */
export function eventPatternProblem(pattern: string): string | undefined {
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  const isName = /^[a-z_.*]+$/.test(pattern);
  const matches = isName && eventTypes.some((type) => new RegExp(`^${parts.join('.*')}$`).test(type));
  return matches ? undefined : `There is no type of events "${pattern}".`;
}
