import type { Answer } from './api-client.js';

/** Returns what a visitor can see of a response, with masked cookie values and times. */
export function visibleAnswer({ status, headers, body }: Answer): unknown {
  const shown = [...headers].map(([name, value]) => {
    if (['date', 'x-authentik-id'].includes(name)) return [name, ''];
    return [name, name === 'set-cookie' ? value.replace(/=[\w.-]{20,}/, '=…') : value];
  });
  return { status, headers: shown, body };
}
