import { eventTypes } from './event-types.js';

/** Returns why this names no type of events; undefined if it does. `*` stands for any characters, as in `user.*`. */
export function eventPatternProblem(pattern: string): string | undefined {
  const isName = /^[a-z_.*]+$/.test(pattern);
  return isName && eventTypes.some(matcher(pattern)) ? undefined : `There is no type of events "${pattern}".`;
}

/** Returns a function that says whether a text matches a pattern, in which `*` stands for any characters. */
export function matcher(pattern: string): (text: string) => boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return (text) => text === pattern;
  // Not a regular expression: many `*` would take a long time.
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}
